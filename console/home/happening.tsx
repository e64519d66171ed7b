import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import { useLiveEvents } from '../events/live.ts';
import { iconOf, useEventWords } from '../events/words-of.ts';
import { useFormat } from '../kit/format.ts';
import { HoldBar, useHold } from '../kit/hold.tsx';
import { Section } from '../kit/page.tsx';
import { ErrorState, Skeleton } from '../kit/states.tsx';
import { PersonLink } from '../people/person-link.tsx';

const shown = 14;

/** Events as they arrive. */
export function Happening() {
  const { t } = useTranslation('home');
  const { workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const wordsOf = useEventWords();
  const hold = useHold();
  const live = useLiveEvents({ filter: { humans: true }, limit: shown, isHeld: hold.isHeld });
  return (
    <Section title={t('live')} actions={<HoldBar hold={hold} isLive={live.isLive} waiting={live.waiting} />}>
      {live.error && <ErrorState error={live.error} onRetry={() => void live.refetch()} />}
      {live.isPending && <Skeleton lines={6} />}
      <ul aria-label={t('live')} {...hold.rest}>
        {live.data?.items.slice(0, shown).map((event) => {
          const { title, about, isGold } = wordsOf(event);
          const Icon = iconOf(event);
          return (
            <li
              key={event.message_id}
              className={`flex items-center gap-3 border-line border-b py-2 ${live.isFresh(event.message_id) ? 'slide-in' : ''}`}
            >
              <Icon
                size={16}
                aria-hidden="true"
                className={isGold ? 'shrink-0 text-gold' : 'shrink-0 text-quiet'}
              />
              <div className="min-w-0 grow">
                <p className="truncate">
                  <span className={isGold ? 'font-semibold' : ''}>{title}</span>
                  {about && <span className="text-quiet"> {about}</span>}
                </p>
                <p className="flex items-center gap-2 text-s text-quiet">
                  <time dateTime={event.time} title={workspace.timeZone}>
                    {format.clock(event.time)}
                  </time>
                  {event.person_id && <PersonLink id={event.person_id} />}
                </p>
              </div>
            </li>
          );
        })}
      </ul>
      <Link to="/events" className="link mt-3 inline-block text-s">
        {t('allEvents')}
      </Link>
    </Section>
  );
}

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { Check, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Event, Page, WhyPart } from '../api/types.ts';
import { useEventWords } from '../events/words-of.ts';
import { Code } from '../kit/code.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { useFormat } from '../kit/format.ts';
import { placed, useSegmentWords } from './segment-rule.tsx';
import { useWhyWords } from './why-words.ts';

const mostEvents = 5;

type Condition = Extract<WhyPart, { condition: unknown }>;

/** A part of the rule with its own truth, in words and by a mark, not by colour alone; what is in it stands below. */
export function WhyTree({ part, person }: { part: WhyPart; person: string }) {
  const { t } = useTranslation('segments');
  if ('condition' in part) return <ConditionPart part={part} person={person} />;
  const [name, parts] =
    'all' in part
      ? (['all', part.all] as const)
      : 'any' in part
        ? (['any', part.any] as const)
        : (['not', [part.not]] as const);
  const held = parts.filter(({ truth }) => truth).length;
  return (
    <div>
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Truth truth={part.truth} />
        <span className="font-medium">{t(`why.${name}`)}</span>
        {name !== 'not' && (
          <span className="text-s text-quiet">{t('why.counted', { part: held, of: parts.length })}</span>
        )}
      </p>
      <ul className="mt-2 grid gap-3 border-line border-l-2 pl-4">
        {placed(parts).map(({ one, place }) => (
          <li key={place}>
            <WhyTree part={one} person={person} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Truth({ truth }: { truth: boolean }) {
  const { t } = useTranslation('segments');
  const Icon = truth ? Check : X;
  return (
    <span
      className={clsx(
        'inline-flex shrink-0 items-center gap-1 rounded-full px-2 py-0.5 text-s whitespace-nowrap',
        truth ? 'bg-good-wash text-good' : 'bg-wrong-wash text-wrong',
      )}
    >
      <Icon size={13} aria-hidden="true" />
      {t(truth ? 'why.true' : 'why.false')}
    </span>
  );
}

function ConditionPart({ part, person }: { part: Condition; person: string }) {
  const { t } = useTranslation('segments');
  const { workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const words = useSegmentWords();
  const { found, wanted, changes } = useWhyWords(words)(part);
  const lines: [string, string][] = [
    ...(found === null ? [] : ([[t('why.found'), found]] as [string, string][])),
    ...(wanted === null ? [] : ([[t('why.wanted'), wanted]] as [string, string][])),
    ...(changes === null ? [] : ([[t('why.change'), changes]] as [string, string][])),
  ];
  return (
    <div>
      <p className="flex flex-wrap items-start gap-x-3 gap-y-1">
        <Truth truth={part.truth} />
        <span className="min-w-0 grow basis-48 [overflow-wrap:anywhere] first-letter:uppercase">
          {words.say(part.condition)}
        </span>
      </p>
      <dl className="mt-1.5 grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-0.5 text-s">
        {lines.map(([label, text]) => (
          <div key={label} className="contents">
            <dt className="text-quiet">{label}</dt>
            <dd className="[overflow-wrap:anywhere]">{text}</dd>
          </div>
        ))}
        {(part.times?.length ?? 0) > 0 && (
          <>
            <dt className="text-quiet">{t('why.events')}</dt>
            <dd>
              <Events person={person} times={part.times ?? []} count={part.count ?? 0} />
            </dd>
          </>
        )}
      </dl>
      {part.until !== null && (
        <p className="mt-0.5 text-s text-quiet">
          {t('why.partUntil', { moment: format.moment(new Date(part.until).toISOString()) })}
        </p>
      )}
      {part.of && (
        <div className="mt-2 border-line border-l-2 pl-4">
          <WhyTree part={part.of} person={person} />
        </div>
      )}
    </div>
  );
}

/** The newest of the events that count, each to be opened; the others are a click away. */
function Events({ person, times, count }: { person: string; times: readonly number[]; count: number }) {
  const { t } = useTranslation('segments');
  const { may } = useSession();
  const shown = times.slice(0, mostEvents);
  return (
    <ul className="grid gap-0.5">
      {placed(shown).map(({ one: time, place }) => (
        <li key={place}>
          <EventAt person={person} time={time} />
        </li>
      ))}
      {count > shown.length && (
        <li>
          {may('events:read') ? (
            <Link to="/events" search={{ person }} className="link">
              {t('why.eventsMore', { count: count - shown.length })}
            </Link>
          ) : (
            t('why.eventsMore', { count: count - shown.length })
          )}
        </li>
      )}
    </ul>
  );
}

function EventAt({ person, time }: { person: string; time: number }) {
  const { t } = useTranslation('events');
  const { api, slug, workspace, may } = useSession();
  const format = useFormat(workspace.timeZone);
  const wordsOf = useEventWords();
  const [isOpen, setOpen] = useState(false);
  const from = new Date(time).toISOString();
  const found = useQuery({
    queryKey: [slug, 'person', person, 'events', 'at', time],
    queryFn: ({ signal }) =>
      api.get<Page<Event>>(
        `/api/people/${person}/events`,
        { from, to: new Date(time + 1).toISOString(), limit: 1 },
        signal,
      ),
    enabled: may('events:read'),
    staleTime: 600_000,
  });
  const event = found.data?.items[0];
  const moment = `${format.day(from)}, ${format.clock(from)}`;
  if (!event) return <time dateTime={from}>{moment}</time>;
  const { title, about } = wordsOf(event);
  return (
    <>
      <button type="button" className="link text-left" onClick={() => setOpen(true)}>
        {moment}: {title}
        {about && ` · ${about}`}
      </button>
      <Dialog open={isOpen} wide onClose={() => setOpen(false)} title={title}>
        <Code label={t('raw')} text={JSON.stringify(event, null, 2)} />
      </Dialog>
    </>
  );
}

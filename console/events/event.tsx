import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Event, EventInShort } from '../api/types.ts';
import { Button } from '../kit/button.tsx';
import { Code } from '../kit/code.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { useFormat } from '../kit/format.ts';
import { Skeleton } from '../kit/states.tsx';
import { Tag } from '../kit/tag.tsx';
import { PersonLink } from '../people/person-link.tsx';
import { channels } from './channels.ts';
import { useWholeEvent } from './live.ts';
import { useEventWords } from './words-of.ts';

/** One event: how it was understood, and as it arrived. */
export function EventDialog(props: {
  event: EventInShort | null;
  source: string | undefined;
  onClose: () => void;
  onPerson: (id: string) => void;
}) {
  const { t } = useTranslation('events');
  const wordsOf = useEventWords();
  const { event } = props;
  const whole = useWholeEvent(event);
  return (
    <Dialog open={event !== null} onClose={props.onClose} wide title={event ? wordsOf(event).title : ''}>
      {event && (
        <div className="grid gap-5">
          <Resolved
            event={event}
            whole={whole.data ?? null}
            source={props.source}
            onPerson={props.onPerson}
          />
          {whole.isPending && <Skeleton lines={4} />}
          {!whole.isPending && (
            <Code label={t('raw')} text={JSON.stringify(rawOf(whole.data ?? event), null, 2)} />
          )}
        </div>
      )}
    </Dialog>
  );
}

function Resolved(props: {
  event: EventInShort;
  whole: Event | null;
  source: string | undefined;
  onPerson: (id: string) => void;
}) {
  const { t } = useTranslation('events');
  const { workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const { event, whole } = props;
  const channel = channels.find((one) => one === event.channel);
  const { person_id: person } = event;
  const lines: [string, ReactNode][] = [
    [
      t('person'),
      person && (
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <PersonLink id={person} />
          <Button look="quiet" onClick={() => props.onPerson(person)}>
            {t('onlyThem')}
          </Button>
        </span>
      ),
    ],
    [t('time'), `${format.moment(event.time)} (${workspace.timeZone})`],
    [t('received'), format.moment(event.received)],
    [t('from'), [props.source, channel && t(`channels.${channel}`)].filter(Boolean).join(' · ')],
    [t('order'), event.order_id],
    [t('total'), event.total && event.currency ? format.money(event.total, event.currency) : ''],
    [t('store'), event.store_id],
    [
      t('marks'),
      (event.bot || event.historical) && (
        <span className="flex gap-2">
          {event.bot && <Tag>{t('bot')}</Tag>}
          {event.historical && <Tag tone="info">{t('historical')}</Tag>}
        </span>
      ),
    ],
    [
      t('ignored'),
      (whole?.ignored.length ?? 0) > 0 &&
        whole?.ignored.map(({ kind, value, reason }) => `${kind}:${value} (${reason})`).join(', '),
    ],
  ];
  return (
    <dl
      className="grid grid-cols-[auto_minmax(0,1fr)] items-baseline gap-x-6 gap-y-2"
      aria-label={t('resolved')}
    >
      {lines
        .filter(([, value]) => value)
        .map(([label, value]) => (
          <div key={label} className="contents">
            <dt className="text-s text-quiet">{label}</dt>
            <dd className="break-words">{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** What was sent, by the names of the tracking API; what we made of it stands above. */
function rawOf(event: EventInShort | Event): Record<string, unknown> {
  const whole = 'context' in event ? event : undefined;
  const sent = {
    type: event.type,
    event: event.event,
    messageId: event.message_id,
    userId: whole?.user_id,
    anonymousId: whole?.anonymous_id,
    timestamp: event.time,
    properties: event.properties,
    traits: whole?.traits,
    context: whole?.context,
  };
  return Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== '' && value !== null));
}

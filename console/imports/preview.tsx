import { clsx } from 'clsx';
import { CircleHelp } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Guess } from '../api/types.ts';
import { iconOf } from '../events/words-of.ts';
import { Code } from '../kit/code.tsx';
import { useFormat } from '../kit/format.ts';
import { Section } from '../kit/page.tsx';
import { IdentifierText } from '../people/identifier-text.tsx';
import { useWordsOr } from '../words/words-or.ts';
import { isLoose, type Loose } from './mapping-text.ts';
import { useReason } from './reasons.ts';
import { part } from './roles.ts';

/** What would come of the beginning of the file: the first events, and the rows that could not be taken. */
export function Preview(props: { guess: Guess; asks: Guess['asks']; isBehind: boolean }) {
  const { t } = useTranslation('imports');
  const format = useFormat();
  const reasonOf = useReason();
  const { guess, asks } = props;
  const { tried } = guess;
  const events = guess.sample.filter(isLoose);
  return (
    <div aria-busy={props.isBehind} className={clsx('transition-opacity', props.isBehind && 'opacity-60')}>
      {asks.length > 0 && (
        <div className="mb-6 rounded-md bg-gold-wash px-4 py-3">
          <p className="flex items-center gap-2 font-semibold text-gold-ink">
            <CircleHelp size={16} aria-hidden="true" />
            {t('preview.asks')}
          </p>
          <ul className="mt-1 grid gap-1">
            {asks.map(({ about, column, example }) => (
              <li key={about}>
                {t(`asks.${about}`, {
                  column: column ?? '',
                  example: example ?? '',
                  currency: guess.currency,
                })}
              </li>
            ))}
          </ul>
        </div>
      )}
      <Section
        title={t('preview.title')}
        note={
          <span aria-live="polite">
            {t('preview.tried', {
              rows: format.exact(tried.rows),
              events: format.exact(tried.events),
              rejected: format.exact(tried.rejected),
            })}
            {tried.skipped > 0 && ` ${t('preview.skipped', { rows: format.exact(tried.skipped) })}`}
          </span>
        }
      >
        {events.length === 0 && <p className="text-quiet">{t('preview.nothing')}</p>}
        <ul>
          {events.map((message) => (
            <EventLine key={String(message.messageId)} message={message} />
          ))}
        </ul>
      </Section>
      {guess.problems.length > 0 && (
        <Section title={t('preview.refused')} note={t('preview.refusedNote')}>
          <ul className="grid gap-3">
            {guess.problems.slice(0, 6).map(({ line, reason, raw }) => (
              <li key={`${line} ${reason}`} className="min-w-0">
                <p>
                  <span className="text-quiet">{t('desk.line', { line })}</span> {reasonOf(reason)}
                </p>
                <p className="truncate font-mono text-s text-quiet" title={raw}>
                  {raw}
                </p>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </div>
  );
}

const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

/** One message, as a person reads it; the whole of it can be opened. */
function EventLine({ message }: { message: Loose }) {
  const { t } = useTranslation('imports');
  const { workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const wordsOr = useWordsOr('events');
  const properties = part(message, 'properties');
  const [name, type] = [text(message.event), text(message.type)];
  const Icon = iconOf({ type, event: name });
  const products = Array.isArray(properties.products) ? properties.products.filter(isLoose) : [];
  const total = text(properties.total);
  const currency = text(properties.currency) || workspace.currency;
  const things = products
    .map((product) => text(product.name) || text(product.sku) || text(product.product_id))
    .filter(Boolean);
  const told = [
    total ? format.money(total, currency) : '',
    things.slice(0, 3).join(', ') + (things.length > 3 ? ` +${things.length - 3}` : ''),
    ...(type === 'identify' ? Object.values(part(message, 'traits')).map(text).slice(0, 4) : []),
  ].filter(Boolean);
  return (
    <li className="border-line border-b py-2.5">
      <div className="flex items-start gap-3">
        <Icon size={16} aria-hidden="true" className="mt-1 shrink-0 text-gold" />
        <div className="min-w-0 grow">
          <p className="flex flex-wrap justify-between gap-x-4">
            <span className="font-semibold">
              {name ? wordsOr(`names.${name}`, name) : wordsOr(`types.${type}`, type)}
            </span>
            {message.timestamp !== undefined && (
              <time
                dateTime={text(message.timestamp)}
                title={workspace.timeZone}
                className="text-s text-quiet"
              >
                {format.moment(text(message.timestamp))}
              </time>
            )}
          </p>
          {told.length > 0 && <p className="line-clamp-2">{told.join(' · ')}</p>}
          <p className="flex min-w-0 flex-wrap gap-x-3 text-s">
            {identifiersOf(message).map((identifier) => (
              <IdentifierText key={identifier} text={identifier} />
            ))}
          </p>
          <details className="mt-1">
            <summary className="link cursor-pointer text-s">{t('preview.whole')}</summary>
            <div className="mt-2">
              <Code text={JSON.stringify(message, null, 2)} label={t('preview.whole')} />
            </div>
          </details>
        </div>
      </div>
    </li>
  );
}

function identifiersOf(message: Loose): string[] {
  const context = part(message, 'context');
  const external = Array.isArray(context.externalIds) ? context.externalIds.filter(isLoose) : [];
  const found: [string, unknown][] = [
    ['user_id', message.userId],
    ...external.map(({ type, id }): [string, unknown] => [text(type), id]),
    ['device_id', part(context, 'device').id],
    ['anonymous_id', message.anonymousId],
  ];
  return found.flatMap(([kind, id]) => (text(id) ? [`${kind}:${text(id)}`] : []));
}

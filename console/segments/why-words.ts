import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { WhyPart } from '../api/types.ts';
import { useFormat } from '../kit/format.ts';
import { kindOf, type RuleWords } from './segment-words.ts';

type Condition = Extract<WhyPart, { condition: unknown }>;
type Json = Record<string, unknown>;

interface Words {
  found: string | null;
  wanted: string | null;
  changes: string | null;
}

const countKinds = ['did', 'did_not', 'place', 'channel', 'source'] as const;

/** What was found for a condition against what it wants, and what would change it. */
export function useWhyWords(words: RuleWords): (part: Condition) => Words {
  const { t } = useTranslation('segments');
  const { workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const moment = (value: unknown) =>
    typeof value === 'number' ? format.moment(new Date(value).toISOString()) : null;
  const plain = (value: unknown): string =>
    value === null || value === undefined
      ? t('why.noValue')
      : typeof value === 'number'
        ? format.exact(value)
        : typeof value === 'string'
          ? value
          : JSON.stringify(value);
  const trimmed = (text: string) => text.trim() || null;

  function counted(part: Condition, json: Json): Words {
    const { exactly, at_least, at_most } = json as Record<string, number | undefined>;
    const isNot = 'did_not' in json;
    const low = isNot ? 0 : (exactly ?? at_least ?? (at_most === undefined ? 1 : 0));
    const high = isNot ? 0 : (exactly ?? at_most ?? null);
    const n = Number(part.found ?? 0);
    const wanted =
      high === null
        ? t('why.timesWanted.least', { count: low })
        : low === high
          ? t('why.timesWanted.exactly', { count: low })
          : low === 0
            ? t('why.timesWanted.most', { count: high })
            : t('why.timesWanted.between', { low, high });
    const changes =
      n < low
        ? t('why.changes.countMore', { count: low - n })
        : high !== null && n > high
          ? t(json.in ? 'why.changes.countFewer' : 'why.changes.countFewerNever')
          : high !== null
            ? t('why.changes.countEnd', { count: high - n + 1 })
            : t(json.in ? 'why.changes.countKeep' : 'why.changes.countKeepEver');
    return { found: t('why.timesFound', { count: n }), wanted, changes };
  }

  return (part) => {
    const json = (part.condition ?? {}) as Json;
    const { truth, found } = part;
    const kind = kindOf(json);
    if (countKinds.some((one) => one === kind)) return counted(part, json);
    switch (kind) {
      case 'trait':
        return {
          found: plain(found),
          wanted: trimmed(words.test(json)),
          changes: t(truth ? 'why.changes.traitEnd' : 'why.changes.traitMake'),
        };
      case 'measure':
        return {
          found: plain(typeof found === 'string' && found !== '' ? Number(found) : found),
          wanted: trimmed(words.comparison(json)),
          changes: t('why.changes.event'),
        };
      case 'first':
      case 'last':
        return {
          found: moment(found) ?? t('why.never2'),
          wanted: trimmed(words.window(json.in)),
          changes:
            kind === 'last'
              ? t('why.changes.last')
              : t(found === null ? 'why.changes.firstMake' : 'why.changes.firstNever'),
        };
      case 'sequence': {
        const begun = moment(found);
        return {
          found: begun ? t('why.ran', { moment: begun }) : t('why.notRan'),
          wanted: null,
          changes: truth
            ? t(json.in ? 'why.changes.sequenceKeep' : 'why.changes.countKeepEver')
            : t('why.changes.sequenceMake'),
        };
      }
      case 'abandoned':
        return {
          found: t(truth ? 'why.happened' : 'why.notHappened'),
          wanted: null,
          changes: t(truth ? 'why.changes.abandonedEnd' : 'why.changes.abandonedMake', {
            event: words.event(json.abandoned),
            other: words.event(json.without),
            duration: words.duration(json.within),
          }),
        };
      case 'consent':
        return {
          found: t(found ? 'why.agreed' : 'why.notAgreed'),
          wanted: t('why.agreed'),
          changes: t(truth ? 'why.changes.consentEnd' : 'why.changes.consentMake'),
        };
      case 'stage':
        return {
          found: t(truth ? 'why.reached' : 'why.notReached'),
          wanted: null,
          changes: t(truth ? 'why.changes.stageEnd' : 'why.changes.stageMake'),
        };
      case 'segment':
        return { found: null, wanted: null, changes: t('why.changes.segment') };
      case 'list':
        return {
          found: t(found ? 'why.isOn' : 'why.isNotOn'),
          wanted: t('why.isOn'),
          changes: t('why.changes.list'),
        };
      case 'share':
        return {
          found: t('why.lot', { share: format.percent(Number(found)) }),
          wanted: t('why.lotWanted', { share: format.percent(Number(json.share)) }),
          changes: t('why.changes.share'),
        };
      case 'snapshot':
        return { found: plain(found), wanted: null, changes: t('why.changes.snapshot') };
      default:
        return { found: plain(found), wanted: null, changes: null };
    }
  };
}

import { Plus, Trash2, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Guess } from '../api/types.ts';
import { Button, IconButton } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Input, Select } from '../kit/field.tsx';
import type { Loose } from './mapping-text.ts';
import {
  conditionOf,
  type Returns,
  recordsOf,
  skipsOf,
  type Test,
  testKinds,
  testsOf,
  withField,
  withRecord,
  withReturns,
  withSkips,
} from './records.ts';

interface Rules {
  mapping: Loose;
  index: number;
  guess: Guess;
  onChange: (next: Loose) => void;
}

/** Which rows a record is meant for, which are returns, and which are passed over. */
export function RulesForm({ mapping, index, guess, onChange }: Rules) {
  const { t } = useTranslation('imports');
  const [isAsking, setAsking] = useState(false);
  const record = recordsOf(mapping)[index] ?? {};
  const tests = testsOf(record.when);
  const skips = skipsOf(mapping);
  const columns = guess.columns.map(({ name }) => name);
  const [first = ''] = columns;
  const setTests = (next: readonly Test[]) =>
    onChange(withRecord(mapping, index, withField(record, 'when', conditionOf(next))));
  const hasReturns = recordsOf(mapping).some((one) => one.event === 'Order Refunded');
  return (
    <div className="grid gap-6 border-line border-t pt-5">
      <section aria-label={t('rules.when')}>
        <h3 className="font-semibold">{t('rules.when')}</h3>
        {tests === null ? (
          <p className="mt-1 text-s text-quiet">{t('rules.onlyText')}</p>
        ) : (
          <>
            {tests.length === 0 && <p className="mt-1 text-s text-quiet">{t('rules.all')}</p>}
            <ul className="mt-2 grid gap-3">
              {[...tests.entries()].map(([i, test]) => (
                <TestLine
                  // A test is known by its place.
                  key={i}
                  test={test}
                  columns={columns.filter((name) => tests.every((one, j) => j === i || one.column !== name))}
                  onChange={(next) => setTests(tests.map((one, j) => (j === i ? next : one)))}
                  onDrop={() => setTests(tests.filter((_, j) => j !== i))}
                />
              ))}
            </ul>
            <div className="mt-3 flex flex-wrap gap-2">
              <Button
                icon={Plus}
                onClick={() => {
                  const free = columns.find((name) => tests.every((test) => test.column !== name)) ?? first;
                  setTests([...tests, { column: free, test: 'filled', value: '' }]);
                }}
              >
                {t('rules.addWhen')}
              </Button>
              {record.record === 'track' && !hasReturns && (
                <Button icon={Undo2} onClick={() => setAsking(true)}>
                  {t('rules.returns')}
                </Button>
              )}
            </div>
          </>
        )}
      </section>
      <section aria-label={t('rules.skip')}>
        <h3 className="font-semibold">{t('rules.skip')}</h3>
        {skips === null ? (
          <p className="mt-1 text-s text-quiet">{t('rules.onlyText')}</p>
        ) : (
          <>
            {skips.length === 0 && <p className="mt-1 text-s text-quiet">{t('rules.none')}</p>}
            <ul className="mt-2 grid gap-3">
              {[...skips.entries()].map(([i, skip]) => (
                <TestLine
                  // A rule is known by its place.
                  key={i}
                  test={skip.test}
                  because={skip.because}
                  columns={columns}
                  onChange={(test, because = skip.because) =>
                    onChange(
                      withSkips(
                        mapping,
                        skips.map((one, j) => (j === i ? { test, because } : one)),
                      ),
                    )
                  }
                  onDrop={() =>
                    onChange(
                      withSkips(
                        mapping,
                        skips.filter((_, j) => j !== i),
                      ),
                    )
                  }
                />
              ))}
            </ul>
            <Button
              icon={Plus}
              className="mt-3"
              onClick={() =>
                onChange(
                  withSkips(mapping, [
                    ...skips,
                    { test: { column: first, test: 'empty', value: '' }, because: t('rules.because') },
                  ]),
                )
              }
            >
              {t('rules.addSkip')}
            </Button>
          </>
        )}
      </section>
      {isAsking && (
        <ReturnsDialog
          guess={guess}
          onClose={() => setAsking(false)}
          onDone={(returns) => {
            setAsking(false);
            onChange(withReturns(mapping, index, returns));
          }}
        />
      )}
    </div>
  );
}

function TestLine(props: {
  test: Test;
  because?: string;
  columns: readonly string[];
  onChange: (test: Test, because?: string) => void;
  onDrop: () => void;
}) {
  const { t } = useTranslation('imports');
  const { test, because, columns, onChange } = props;
  const listed = columns.includes(test.column) ? columns : [test.column, ...columns];
  const asksValue = test.test !== 'empty' && test.test !== 'filled';
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)_36px] items-start gap-2 sm:grid-cols-[minmax(0,3fr)_minmax(0,3fr)_minmax(0,3fr)_36px]">
      <Select
        label={t('rules.column')}
        hideLabel
        value={test.column}
        onChange={(event) => onChange({ ...test, column: event.target.value })}
        choices={listed.map((name) => ({ value: name, label: name }))}
      />
      <Select
        label={t('rules.test')}
        hideLabel
        value={test.test}
        onChange={(event) =>
          onChange({ ...test, test: testKinds.find((kind) => kind === event.target.value) ?? 'is' })
        }
        choices={testKinds.map((kind) => ({ value: kind, label: t(`tests.${kind}`) }))}
      />
      <IconButton icon={Trash2} label={t('rules.drop')} onClick={props.onDrop} className="sm:order-last" />
      {asksValue ? (
        <div className="col-span-3 sm:col-span-1">
          <Input
            label={t('rules.value')}
            hideLabel
            value={test.value}
            onChange={(event) => onChange({ ...test, value: event.target.value })}
          />
        </div>
      ) : (
        <span className="hidden sm:block" />
      )}
      {because !== undefined && (
        <div className="col-span-3 sm:order-last">
          <Input
            label={t('rules.why')}
            hideLabel
            placeholder={t('rules.why')}
            value={because}
            onChange={(event) => onChange(test, event.target.value)}
          />
        </div>
      )}
    </li>
  );
}

/** How one tells a return by its row. */
function ReturnsDialog(props: { guess: Guess; onClose: () => void; onDone: (returns: Returns) => void }) {
  const { t } = useTranslation('imports');
  const { columns } = props.guess;
  const quantity = columns.find(({ role }) => role === 'quantity');
  const [returns, setReturns] = useState<Returns>(
    quantity
      ? { column: quantity.name, test: 'below', value: '0' }
      : { column: columns[0]?.name ?? '', test: 'starts', value: '' },
  );
  return (
    <Dialog open onClose={props.onClose} title={t('returns.title')} note={t('returns.note')}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          props.onDone(returns);
        }}
      >
        <Select
          label={t('rules.column')}
          value={returns.column}
          onChange={(event) => setReturns({ ...returns, column: event.target.value })}
          choices={columns.map(({ name }) => ({ value: name, label: name }))}
        />
        <Select
          label={t('rules.test')}
          value={returns.test}
          onChange={(event) =>
            setReturns({
              ...returns,
              test: (['is', 'starts', 'below'] as const).find((one) => one === event.target.value) ?? 'is',
            })
          }
          choices={(['is', 'starts', 'below'] as const).map((one) => ({
            value: one,
            label: t(`tests.${one}`),
          }))}
        />
        <Input
          label={t('rules.value')}
          required
          value={returns.value}
          onChange={(event) => setReturns({ ...returns, value: event.target.value })}
        />
        <div className="flex justify-end">
          <Button look="main" type="submit">
            {t('returns.do')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

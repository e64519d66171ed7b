import { clsx } from 'clsx';
import { Command } from 'cmdk';
import { Check, ChevronDown, Plus } from 'lucide-react';
import { Popover as Radix } from 'radix-ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

export interface Option {
  value: string;
  label: string;
  /** Beside it: how often, of what kind. */
  note?: string | undefined;
  group?: string | undefined;
}

const mostShown = 100;

/**
 * One or several of many, found by typing; `typed` makes an option of what is not among them. It stands in a sentence
 * like a word, and says in gold what is still to be chosen.
 */
export function Pick(props: {
  label: string;
  /** What to choose, while nothing is. */
  missing: string;
  value: readonly string[];
  options: readonly Option[];
  several?: boolean;
  typed?: (text: string) => Option | null;
  /** How something that is not among the options is called. */
  labelOf?: (value: string) => string;
  onChange: (value: string[]) => void;
}) {
  const { t } = useTranslation('kit');
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const { value, options, several = false } = props;
  const labelOf = (one: string) =>
    options.find((option) => option.value === one)?.label ?? props.labelOf?.(one) ?? one;
  const wanted = text.trim().toLowerCase();
  const fits = options
    .filter(({ label, value: own }) => `${label}\n${own}`.toLowerCase().includes(wanted))
    .slice(0, mostShown);
  const typed = wanted === '' ? null : (props.typed?.(text.trim()) ?? null);
  const isNew = typed !== null && !fits.some((one) => one.value === typed.value || one.label === typed.label);
  const lost = value.filter((one) => !options.some((option) => option.value === one));
  const shown = wanted === '' ? [...lost.map((one) => ({ value: one, label: labelOf(one) })), ...fits] : fits;

  function choose(one: string) {
    setText('');
    if (several) {
      props.onChange(value.includes(one) ? value.filter((other) => other !== one) : [...value, one]);
      return;
    }
    setOpen(false);
    props.onChange([one]);
  }

  return (
    <Radix.Root
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        setText('');
      }}
    >
      <Radix.Trigger
        type="button"
        aria-label={`${props.label}: ${value.length === 0 ? props.missing : value.map(labelOf).join(t('pick.or'))}`}
        className={clsx(
          'word inline-flex items-center gap-1.5 text-left',
          value.length === 0 && 'word-missing',
        )}
      >
        <span className="line-clamp-2 break-words">
          {value.length === 0 ? props.missing : value.map(labelOf).join(t('pick.or'))}
        </span>
        <ChevronDown size={14} aria-hidden="true" className="shrink-0 opacity-60" />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          aria-label={props.label}
          align="start"
          sideOffset={6}
          collisionPadding={8}
          className="appear z-50 w-80 max-w-[calc(100vw-1rem)] overflow-hidden rounded-md border border-line bg-raised shadow-float"
        >
          <Command label={props.label} loop shouldFilter={false}>
            <Command.Input
              value={text}
              onValueChange={setText}
              placeholder={t(props.typed ? 'pick.searchOrType' : 'pick.search')}
              className="w-full border-line border-b bg-raised px-3 py-2.5 text-m -outline-offset-2"
            />
            <Command.List className="max-h-72 overflow-y-auto p-1">
              <Command.Empty className="px-3 py-4 text-s text-quiet">{t('pick.nothing')}</Command.Empty>
              {[...Map.groupBy(shown as readonly Option[], (one) => one.group ?? '')].map(
                ([group, inGroup]) => (
                  <Command.Group
                    key={group}
                    {...(group === '' ? {} : { heading: group })}
                    className="[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-s [&_[cmdk-group-heading]]:text-quiet"
                  >
                    {inGroup.map((one) => (
                      <Line
                        key={one.value}
                        option={one}
                        chosen={value.includes(one.value)}
                        onChoose={choose}
                      />
                    ))}
                  </Command.Group>
                ),
              )}
              {isNew && typed && (
                <Command.Item
                  value={`new ${typed.value}`}
                  className={line}
                  onSelect={() => choose(typed.value)}
                >
                  <Plus size={14} aria-hidden="true" className="shrink-0 text-quiet" />
                  <span className="min-w-0 break-words">{t('pick.use', { text: typed.label })}</span>
                </Command.Item>
              )}
            </Command.List>
          </Command>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

const line =
  'flex min-h-9 cursor-pointer items-center gap-2 rounded-md px-3 py-1.5 data-[selected=true]:bg-good-wash';

function Line(props: { option: Option; chosen: boolean; onChoose: (value: string) => void }) {
  const { value, label, note } = props.option;
  return (
    <Command.Item value={value} className={line} onSelect={() => props.onChoose(value)}>
      <Check
        size={14}
        aria-hidden="true"
        className={clsx('shrink-0 text-good', !props.chosen && 'invisible')}
      />
      <span className="min-w-0 grow break-words">{label}</span>
      {note && <span className="shrink-0 text-s text-quiet tabular-nums">{note}</span>}
    </Command.Item>
  );
}

import { Plus, X } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button.tsx';

const shownAtFirst = 60;

/** A list of short texts: typed or pasted in, one a line; each is taken out again by its cross. */
export function ListField(props: {
  label: string;
  hint?: string;
  placeholder?: string;
  values: readonly string[];
  error?: string | undefined;
  disabled?: boolean;
  /** Words that the browser may offer while one types. */
  offers?: readonly string[];
  /** Why a text cannot be added, or nothing. */
  refuse?: (text: string) => string | undefined;
  onChange: (values: string[]) => void;
}) {
  const { t } = useTranslation('kit');
  const id = useId();
  const [typed, setTyped] = useState('');
  const [refused, setRefused] = useState<string>();
  const [isWhole, setWhole] = useState(false);
  const { values, disabled = false } = props;
  const error = refused ?? props.error;
  const shown = isWhole ? values : values.slice(0, shownAtFirst);

  function add(text: string) {
    const lines = text.split(/[\n\r]+/).flatMap((line) => line.trim() || []);
    const fresh = [...new Set(lines)].filter((line) => !values.includes(line));
    const why = fresh.map((line) => props.refuse?.(line)).find(Boolean);
    setRefused(why);
    // What cannot be added stays where it was typed.
    if (why) return setTyped(lines.join(' '));
    setTyped('');
    if (fresh.length > 0) props.onChange([...values, ...fresh]);
  }

  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="text-s font-medium">
        {props.label}
      </label>
      {values.length > 0 && (
        <ul className="flex flex-wrap gap-1.5">
          {shown.map((value) => (
            <li
              key={value}
              className="inline-flex max-w-full items-center gap-1 rounded-full border border-line bg-raised py-0.5 pr-1 pl-3 text-s"
            >
              <span className="truncate">{value}</span>
              <button
                type="button"
                disabled={disabled}
                aria-label={t('takeOut', { name: value })}
                title={t('takeOut', { name: value })}
                onClick={() => props.onChange(values.filter((one) => one !== value))}
                className="inline-flex size-6 items-center justify-center rounded-full text-quiet hover:bg-sunken hover:text-ink disabled:hidden"
              >
                <X size={14} aria-hidden="true" />
              </button>
            </li>
          ))}
          {shown.length < values.length && (
            <li>
              <button type="button" className="link px-2 py-0.5 text-s" onClick={() => setWhole(true)}>
                {t('showAll', { count: values.length })}
              </button>
            </li>
          )}
        </ul>
      )}
      <div className="flex gap-2">
        <input
          id={id}
          className="field"
          value={typed}
          disabled={disabled}
          placeholder={props.placeholder}
          autoComplete="off"
          list={props.offers ? `${id}-offers` : undefined}
          aria-describedby={props.hint || error ? `${id}-note` : undefined}
          aria-invalid={error ? true : undefined}
          onChange={(event) => {
            setTyped(event.target.value);
            setRefused(undefined);
          }}
          // Whoever goes on to save meant it to be in the list.
          onBlur={() => typed.trim() !== '' && add(typed)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
            // Enter adds here; it must not send the form around it.
            event.preventDefault();
            add(typed);
          }}
          onPaste={(event) => {
            const text = event.clipboardData.getData('text');
            if (!/[\n\r]/.test(text)) return;
            event.preventDefault();
            add(text);
          }}
        />
        <Button icon={Plus} disabled={disabled || typed.trim() === ''} onClick={() => add(typed)}>
          {t('add')}
        </Button>
      </div>
      {props.offers && (
        <datalist id={`${id}-offers`}>
          {props.offers.map((offer) => (
            <option key={offer} value={offer} />
          ))}
        </datalist>
      )}
      {(error ?? props.hint) && (
        <p
          id={`${id}-note`}
          role={error ? 'alert' : undefined}
          className={error ? 'text-s text-wrong' : 'text-s text-quiet'}
        >
          {error ?? props.hint}
        </p>
      )}
    </div>
  );
}

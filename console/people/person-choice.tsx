import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Page, PersonSummary } from '../api/types.ts';
import { Button } from '../kit/button.tsx';
import { Input } from '../kit/field.tsx';
import { Face, usePersonName } from '../kit/person-chip.tsx';
import { IdentifierText } from './identifier-text.tsx';

/** One of the people whom a name, a card, a number or the like means. */
export function PersonChoice(props: {
  label: string;
  hint?: string;
  /** Who is not among them. */
  not?: string;
  chosen: PersonSummary | null;
  onChoose: (person: PersonSummary | null) => void;
}) {
  const { t } = useTranslation('people');
  const { api, slug } = useSession();
  const nameOf = usePersonName();
  const [q, setQ] = useState('');
  const isAsked = q.trim().length > 1;
  const found = useQuery({
    queryKey: [slug, 'people', 'found', q],
    queryFn: ({ signal }) => api.get<Page<PersonSummary>>('/api/people', { q, limit: 6 }, signal),
    enabled: isAsked,
    placeholderData: (last) => last,
  });
  const { chosen } = props;
  // Who is chosen stands alone, so that what follows is in sight.
  const list = chosen ? [chosen] : (found.data?.items ?? []).filter(({ id }) => id !== props.not);
  return (
    <>
      <Input
        label={props.label}
        {...(props.hint ? { hint: props.hint } : {})}
        type="search"
        autoComplete="off"
        value={q}
        onChange={(event) => {
          setQ(event.target.value);
          props.onChoose(null);
        }}
      />
      {isAsked && found.isSuccess && list.length === 0 && (
        <p role="status" className="text-quiet">
          {t('one.nobody')}
        </p>
      )}
      <fieldset className="grid min-w-0 grid-cols-1 gap-1">
        <legend className="sr-only">{props.label}</legend>
        {isAsked &&
          list.map((one) => (
            <label
              key={one.id}
              className="flex min-w-0 cursor-pointer items-center gap-3 rounded-md px-2 py-2 hover:bg-sunken has-checked:bg-good-wash"
            >
              <input
                type="radio"
                name="person"
                checked={chosen?.id === one.id}
                onChange={() => props.onChoose(one)}
                className="accent-act"
              />
              <Face id={one.id} name={one.name} />
              <span className="min-w-0 grow">
                <span className="block truncate">{nameOf(one)}</span>
                <span className="flex flex-wrap gap-x-3 text-s text-quiet">
                  {one.identifiers.map((text) => (
                    <IdentifierText key={text} text={text} />
                  ))}
                </span>
              </span>
            </label>
          ))}
      </fieldset>
      {chosen && (
        <div>
          <Button look="quiet" onClick={() => props.onChoose(null)}>
            {t('one.another')}
          </Button>
        </div>
      )}
    </>
  );
}

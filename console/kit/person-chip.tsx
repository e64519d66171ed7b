import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { UserRound } from 'lucide-react';
import { useTranslation } from 'react-i18next';

/** One of the seven colours, always the same one for the same id. */
function faceOf(id: string): number {
  let sum = 0;
  for (const char of id.slice(-8)) sum = (sum * 31 + char.charCodeAt(0)) % 9973;
  return (sum % 7) + 1;
}

function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const chinese = words.filter((word) => /\p{Script=Han}/u.test(word));
  if (chinese.length > 0) return (chinese.at(-1) ?? '').slice(0, 1);
  return [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => word?.slice(0, 1).toUpperCase() ?? '')
    .join('');
}

/** What a person is called: the name, else the strongest identifier, else a visitor of that id. */
export function usePersonName(): (person: {
  id: string;
  name?: string | null;
  identifiers?: string[];
}) => string {
  const { t } = useTranslation('kit');
  return ({ id, name, identifiers = [] }) => {
    if (name) return name;
    const strong = identifiers.find((text) => !/^(?:anonymous_id|device_id):/.test(text));
    return strong ? strong.slice(strong.indexOf(':') + 1) : t('visitor', { id: id.slice(-5) });
  };
}

export function Face(props: { id: string; name: string | null; size?: 'small' | 'large' }) {
  const letters = props.name ? initialsOf(props.name) : '';
  return (
    <span
      aria-hidden="true"
      className={clsx(
        `face-${faceOf(props.id)} inline-flex shrink-0 items-center justify-center rounded-full font-semibold text-ink`,
        props.size === 'large' ? 'size-14 text-l' : 'size-7 text-[11px]',
      )}
    >
      {letters || <UserRound size={props.size === 'large' ? 26 : 14} />}
    </span>
  );
}

/** A person, always shown the same way, and one click away. */
export function PersonChip(props: {
  id: string;
  name?: string | null | undefined;
  identifiers?: string[] | undefined;
}) {
  const nameOf = usePersonName();
  const { id, name = null, identifiers = [] } = props;
  return (
    <Link
      to="/people/$id"
      params={{ id }}
      className="inline-flex max-w-full items-center gap-2 rounded-full pr-2 hover:underline"
    >
      <Face id={id} name={name} />
      <span className="truncate">{nameOf({ id, name, identifiers })}</span>
    </Link>
  );
}

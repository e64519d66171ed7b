import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Save } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Static, TObject } from 'typebox';
import { useDraft } from '../api/draft.ts';
import { useSession, whoKey } from '../api/session.tsx';
import type { Settings } from '../api/types.ts';
import { Button } from '../kit/button.tsx';
import { type Mistakes, useMistakes } from '../kit/mistakes.ts';
import { ErrorState, Skeleton } from '../kit/states.tsx';
import { useTell } from '../kit/toast.tsx';

export interface SettingsFields<T> {
  value: T;
  change: (part: Partial<T>) => void;
  mistakes: Mistakes;
  /** As the server has it. */
  saved: T;
}

/**
 * A form over some settings of one section, by the server's own schema. Only what was changed is sent, so that two
 * people can change different things at a time.
 */
export function SettingsForm<S extends TObject>(props: {
  name: string;
  section: string;
  schema: S;
  /** Asks before saving what cannot be undone; saves when `save` is called. */
  ask?: (o: { value: Static<S>; saved: Static<S>; save: () => void }) => boolean;
  children: (fields: SettingsFields<Static<S>>) => ReactNode;
}) {
  type Value = Static<S>;
  const { t } = useTranslation('settings');
  const { api, slug, may } = useSession();
  const cache = useQueryClient();
  const tell = useTell();
  const mistakesOf = useMistakes();
  const { draft, isDirty, set, clear } = useDraft<Value & object>(`settings.${props.name}`);
  const list = useQuery({
    queryKey: [slug, 'settings'],
    queryFn: ({ signal }) => api.get<Settings>('/api/settings', {}, signal),
  });
  const send = async (change: object) => {
    const settings = await api.send<Settings>('PATCH', '/api/settings', { [props.section]: change });
    cache.setQueryData<Settings>([slug, 'settings'], settings);
    // The frame shows the name and goes by the zone and the language.
    if (props.section === 'workspace' || props.section === 'languages') {
      await Promise.all([
        cache.invalidateQueries({ queryKey: ['workspaces'] }),
        cache.invalidateQueries({ queryKey: whoKey }),
      ]);
    }
  };
  const save = useMutation({
    mutationFn: async (change: Partial<Value>) => {
      const before = pick(saved, Object.keys(change));
      await send(change);
      return before;
    },
    onSuccess: (before) => {
      clear();
      tell(t('saved'), { undo: () => undo.mutate(before) });
    },
  });
  const undo = useMutation({
    mutationFn: send,
    onSuccess: () => tell(t('undone')),
    onError: () => tell(t('notUndone'), { tone: 'wrong' }),
  });
  if (list.error) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  if (!list.data) return <Skeleton lines={5} />;
  const saved = (list.data[props.section] ?? {}) as Value & object;
  const value = { ...saved, ...draft } as Value & object;
  const mistakes = isDirty
    ? mistakesOf(props.schema, pick(value, Object.keys(props.schema.properties)))
    : none;
  const change = (part: Partial<Value>) => {
    const next = Object.entries({ ...draft, ...part }).filter(
      ([key, now]) => JSON.stringify(now) !== JSON.stringify(saved[key as keyof Value]) || Number.isNaN(now),
    );
    set(Object.fromEntries(next) as Partial<Value & object>);
  };
  const submit = () => {
    const go = () => save.mutate(draft as Partial<Value>);
    if (props.ask?.({ value, saved, save: go })) return;
    go();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isDirty && mistakes.size === 0) submit();
      }}
    >
      <fieldset disabled={!may('settings:write')} className="grid min-w-0 gap-5">
        {props.children({ value, change, mistakes, saved })}
      </fieldset>
      {save.error && <ErrorState error={save.error} />}
      {isDirty && (
        <div className="appear mt-5 flex flex-wrap items-center gap-2">
          <Button look="main" type="submit" icon={Save} busy={save.isPending} disabled={mistakes.size > 0}>
            {t('save')}
          </Button>
          <Button
            look="quiet"
            onClick={() => {
              clear();
              save.reset();
            }}
          >
            {t('discard')}
          </Button>
          <span className="text-s text-gold-ink" role="status">
            {t('unsaved')}
          </span>
        </div>
      )}
    </form>
  );
}

const none: Mistakes = new Map();

function pick<T extends object>(value: T, keys: readonly string[]): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => keys.includes(key))) as Partial<T>;
}

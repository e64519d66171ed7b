import { useMutation, useQueryClient } from '@tanstack/react-query';
import { KeyRound, Save } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDraft } from '../api/draft.ts';
import { useSession, whoKey } from '../api/session.tsx';
import type { WhoAmI } from '../api/types.ts';
import { type Theme, themes, useTheme } from '../frame/theme.tsx';
import { Button } from '../kit/button.tsx';
import { Input, Select } from '../kit/field.tsx';
import { Page, Section } from '../kit/page.tsx';
import { Face } from '../kit/person-chip.tsx';
import { ErrorState, useProblemText } from '../kit/states.tsx';
import { useTell } from '../kit/toast.tsx';
import { languages } from '../words/start.ts';

/** Who I am here: my name, my password, my language and colours. */
export default function Account() {
  const { t } = useTranslation('account');
  const { t: roles } = useTranslation('team');
  const { t: frame, i18n } = useTranslation('frame');
  const { who, slug } = useSession();
  const { theme, choose } = useTheme();
  const role = who.memberships.find(({ workspace }) => workspace.slug === slug)?.role;
  return (
    <Page title={t('title')} answer={t('answer')}>
      <div className="max-w-3xl">
        {who.user && (
          <div className="mb-6 flex items-center gap-4">
            <Face id={who.user.id} name={who.user.name} size="large" />
            <div className="min-w-0">
              <p className="truncate text-l font-semibold">{who.user.name}</p>
              <p className="truncate text-quiet">
                {who.user.email}
                {role && ` · ${roles(`roles.${role}`)}`}
              </p>
            </div>
          </div>
        )}
        <Section title={t('name')}>
          <NameForm />
        </Section>
        <Section title={t('password')} note={t('passwordNote')}>
          <PasswordForm />
        </Section>
        <Section title={t('looks')} note={t('looksNote')}>
          <div className="grid gap-4 sm:grid-cols-2">
            <Select
              label={frame('language')}
              value={i18n.language}
              choices={languages.map(({ code, name }) => ({ value: code, label: name }))}
              onChange={({ target: { value } }) => {
                localStorage.setItem('pando.language', value);
                void i18n.changeLanguage(value);
              }}
            />
            <Select
              label={frame('theme.title')}
              value={theme}
              choices={themes.map((one) => ({ value: one, label: frame(`theme.${one}`) }))}
              onChange={({ target: { value } }) => choose(value as Theme)}
            />
          </div>
        </Section>
      </div>
    </Page>
  );
}

function NameForm() {
  const { t } = useTranslation('account');
  const { api, who } = useSession();
  const cache = useQueryClient();
  const tell = useTell();
  const problem = useProblemText();
  const { draft, isDirty, set, clear } = useDraft<{ name: string }>('account');
  const saved = who.user?.name ?? '';
  const name = draft.name ?? saved;
  const save = useMutation({
    mutationFn: async (wanted: string) => {
      cache.setQueryData<WhoAmI>(whoKey, await api.send<WhoAmI>('PATCH', '/api/session', { name: wanted }));
      await cache.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] === 'team' });
    },
  });
  const submit = () => {
    const before = saved;
    save.mutate(name, {
      onSuccess: () => {
        clear();
        tell(t('nameSaved'), {
          undo: () => save.mutate(before, { onSuccess: () => tell(t('nameBack')) }),
        });
      },
    });
  };
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (isDirty && name.trim() !== '') submit();
      }}
    >
      <Input
        label={t('nameLabel')}
        hint={t('nameHint')}
        value={name}
        maxLength={80}
        autoComplete="name"
        error={save.error ? problem(save.error) : name.trim() === '' ? t('nameEmpty') : undefined}
        onChange={({ target: { value } }) => {
          save.reset();
          set(value === saved ? {} : { name: value });
        }}
      />
      {isDirty && (
        <div className="appear">
          <Button look="main" type="submit" icon={Save} busy={save.isPending} disabled={name.trim() === ''}>
            {t('saveName')}
          </Button>
        </div>
      )}
    </form>
  );
}

function PasswordForm() {
  const { t } = useTranslation('account');
  const { api, who, slug } = useSession();
  const cache = useQueryClient();
  const tell = useTell();
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const change = useMutation({
    mutationFn: () => api.send<WhoAmI>('PUT', '/api/session/password', { current, password }),
    onSuccess: (answer) => {
      // The session is a new one, with a token of its own.
      cache.setQueryData<WhoAmI>(whoKey, answer);
      void cache.invalidateQueries({ queryKey: [slug, 'sessions'] });
      setCurrent('');
      setPassword('');
      tell(t('passwordChanged'));
    },
  });
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        change.mutate();
      }}
    >
      {/* Password managers want to know whose it is. */}
      <input type="email" autoComplete="username" value={who.user?.email ?? ''} readOnly hidden />
      <Input
        label={t('current')}
        type="password"
        autoComplete="current-password"
        required
        maxLength={256}
        value={current}
        onChange={(event) => setCurrent(event.target.value)}
      />
      <Input
        label={t('new')}
        hint={t('newHint')}
        type="password"
        autoComplete="new-password"
        required
        maxLength={256}
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      {change.error && <ErrorState error={change.error} />}
      <div>
        <Button
          type="submit"
          icon={KeyRound}
          busy={change.isPending}
          disabled={current === '' || password === ''}
        >
          {t('changePassword')}
        </Button>
      </div>
    </form>
  );
}

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createApi } from '../api/client.ts';
import { useWho, whoKey } from '../api/session.tsx';
import type { WhoAmI } from '../api/types.ts';
import { LanguageMenu, ThemeMenu } from '../frame/bar.tsx';
import { Mark } from '../frame/mark.tsx';
import { Button } from '../kit/button.tsx';
import { Input } from '../kit/field.tsx';
import { useProblemText } from '../kit/states.tsx';

export default function SignIn() {
  const { t } = useTranslation('sign-in');
  const problem = useProblemText();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const who = useWho();
  const { to = '/' } = useSearch({ from: '/sign-in' });
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  useEffect(() => {
    document.title = `${t('title')} · Pando`;
  }, [t]);
  const enter = useMutation({
    mutationFn: () => createApi().send<WhoAmI>('POST', '/api/session', { email, password }),
    onSuccess: (session) => {
      cache.setQueryData(whoKey, session);
      void navigate({ href: to });
    },
  });
  const isIn = Boolean(who.data) && !enter.isSuccess;
  useEffect(() => {
    if (isIn) void navigate({ href: to, replace: true });
  }, [isIn, to, navigate]);
  return (
    <div className="grid min-h-dvh grid-rows-[auto_1fr]">
      <header className="flex justify-end gap-1 p-3">
        <ThemeMenu />
        <LanguageMenu />
      </header>
      <main className="mx-auto w-full max-w-sm px-5 pt-[8vh] pb-16">
        <Mark size={56} />
        <h1 className="mt-5 text-xxl font-semibold tracking-[-0.015em]">{t('title')}</h1>
        <p className="mt-1 text-quiet">{t('welcome')}</p>
        <form
          className="mt-6 grid gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            enter.mutate();
          }}
        >
          <Input
            label={t('email')}
            type="email"
            name="email"
            autoComplete="username"
            required
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
          <Input
            label={t('password')}
            type="password"
            name="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            error={enter.error ? problem(enter.error) : undefined}
          />
          <Button look="main" type="submit" busy={enter.isPending} className="mt-1">
            {t(enter.isPending ? 'busy' : 'go')}
          </Button>
        </form>
        <p className="mt-8 text-s text-quiet">{t('first')}</p>
      </main>
    </div>
  );
}

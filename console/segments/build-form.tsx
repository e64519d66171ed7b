import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Check } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../api/client.ts';
import { useDraft } from '../api/draft.ts';
import { useSession } from '../api/session.tsx';
import type { Segment } from '../api/types.ts';
import { Button, buttonClass } from '../kit/button.tsx';
import { Input } from '../kit/field.tsx';
import { Page } from '../kit/page.tsx';
import { ErrorState } from '../kit/states.tsx';
import { Tabs } from '../kit/tabs.tsx';
import { useTell } from '../kit/toast.tsx';
import { GroupForm } from './build-group.tsx';
import { PreviewPanel, usePreview } from './build-preview.tsx';
import { asGroup, type Json, missingIn } from './rule.ts';
import { RuleText } from './rule-text.tsx';
import { Templates } from './templates-choice.tsx';

interface Written {
  name: string;
  description: string;
  rule: Json;
}

/** A segment is written like a sentence; beside it stands who that is at this moment. */
export function Builder(props: { id?: string; title: string; draft: string; start: Written }) {
  const { t } = useTranslation('segments');
  const { api, slug, may } = useSession();
  const { draft, set, clear, isDirty } = useDraft<Written>(props.draft);
  const [side, setSide] = useState<'form' | 'text'>('form');
  const [asked, setAsked] = useState(false);
  const navigate = useNavigate();
  const cache = useQueryClient();
  const tell = useTell();
  const { name, description, rule: written } = { ...props.start, ...draft };
  const rule = asGroup(written);
  const isWhole = missingIn(rule).length === 0;
  const preview = usePreview(rule, isWhole);
  const change = (next: Partial<Written>) => {
    save.reset();
    set({ ...draft, ...next });
  };
  const save = useMutation({
    mutationFn: () => {
      const body = { name: name.trim(), description: description.trim(), rule };
      return props.id
        ? api.send<Segment>('PATCH', `/api/segments/${props.id}`, body)
        : api.send<Segment>('POST', '/api/segments', body);
    },
    onSuccess: async ({ id }) => {
      clear();
      tell(t(props.id ? 'build.changed' : 'build.saved', { name: name.trim() }));
      await cache.invalidateQueries({ queryKey: [slug, 'segments'] });
      void cache.invalidateQueries({ queryKey: [slug, 'seen', 'segments'] });
      await navigate({ to: '/segments/$id', params: { id } });
    },
  });
  const isTaken = save.error instanceof Problem && save.error.type === 'segments/name-taken';
  const mistake = save.error instanceof Problem && save.error.type === 'segments/bad-rule';
  const wrongs =
    mistake && save.error instanceof Problem
      ? new Map(save.error.errors.flatMap(({ at, message }) => (at === undefined ? [] : [[at, message]])))
      : preview.wrongs;
  const nameError = isTaken
    ? t('build.nameTaken')
    : asked && name.trim() === ''
      ? t('build.nameMissing')
      : undefined;
  return (
    <Page title={props.title} answer={t('build.answer')}>
      <form
        className="grid items-start gap-x-10 gap-y-6 lg:grid-cols-[minmax(0,1fr)_260px]"
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(true);
          if (name.trim() !== '' && isWhole) save.mutate();
        }}
      >
        <div className="grid min-w-0 gap-6">
          <div className="grid gap-4 sm:grid-cols-2">
            <Input
              label={t('build.name')}
              value={name}
              maxLength={100}
              autoComplete="off"
              error={nameError}
              onChange={(event) => change({ name: event.target.value })}
            />
            <Input
              label={t('build.description')}
              value={description}
              maxLength={1000}
              autoComplete="off"
              onChange={(event) => change({ description: event.target.value })}
            />
          </div>
          <div className="min-w-0">
            <Tabs
              label={t('build.sides')}
              value={side}
              onChange={setSide}
              tabs={[
                {
                  id: 'form',
                  title: t('build.form'),
                  content: (
                    <GroupForm
                      rule={rule}
                      place=""
                      wrongs={wrongs}
                      onChange={(next) => change({ rule: next })}
                    />
                  ),
                },
                {
                  id: 'text',
                  title: t('build.json.title'),
                  content: (
                    <RuleText rule={rule} wrongs={wrongs} onChange={(next) => change({ rule: next })} />
                  ),
                },
              ]}
            />
          </div>
          {asked && !isWhole && (
            <p role="alert" className="text-wrong">
              {t('build.unfinished')}
            </p>
          )}
          {save.error && !isTaken && !mistake && <ErrorState error={save.error} />}
        </div>
        <aside
          aria-label={t('build.preview.title')}
          className="sticky bottom-16 rounded-md border border-line bg-raised p-4 max-lg:shadow-float md:bottom-4 lg:top-20 lg:bottom-auto"
        >
          <div className="grid gap-4 max-lg:grid-cols-[minmax(0,1fr)_auto] max-lg:items-center">
            <PreviewPanel preview={preview} isWhole={isWhole} />
            <div className="flex flex-wrap gap-2">
              {may('segments:write') && (
                <Button look="main" type="submit" icon={Check} busy={save.isPending}>
                  {t(props.id ? 'build.saveChange' : 'build.save')}
                </Button>
              )}
              {isDirty && (
                <Button look="quiet" className="max-lg:hidden" onClick={() => clear()}>
                  {t('build.startOver')}
                </Button>
              )}
              {!isDirty && (
                <Link to="/segments" className={`${buttonClass('quiet')} max-lg:hidden`}>
                  {t('build.back')}
                </Link>
              )}
            </div>
          </div>
        </aside>
      </form>
      {!props.id && !isDirty && missingIn(rule).includes('/all') && (
        <section className="mt-10">
          <h2 className="mb-3 text-l font-semibold">{t('templates.title')}</h2>
          <Templates />
        </section>
      )}
    </Page>
  );
}

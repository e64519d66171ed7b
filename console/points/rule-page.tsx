import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { ArrowLeft, Check } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../api/client.ts';
import { useDraft } from '../api/draft.ts';
import { useSession } from '../api/session.tsx';
import { Button } from '../kit/button.tsx';
import { Input } from '../kit/field.tsx';
import { useFormat } from '../kit/format.ts';
import { Page, Section } from '../kit/page.tsx';
import { ErrorState, Skeleton } from '../kit/states.tsx';
import { useTell } from '../kit/toast.tsx';
import { DryRunPanel } from './dry-run.tsx';
import { RuleForm } from './rule-form.tsx';
import { useRuleSentence } from './rule-words.ts';
import { SetUp } from './setup.tsx';
import {
  type Programme,
  pointsKey,
  type Rule,
  type RuleBody,
  useProgramme,
  useProgrammes,
} from './use-points.ts';

type WithVersions = Rule & { versions: { version: number; rule: RuleBody; since: string; by: string }[] };

export function NewRule() {
  const { t } = useTranslation('points');
  const programmes = useProgrammes();
  const programme = useProgramme();
  if (!programme && programmes.data)
    return (
      <Page title={t('rule.new')}>
        <SetUp />
      </Page>
    );
  if (!programme) return <Waiting error={programmes.error} title={t('rule.new')} />;
  const rule: RuleBody = {
    when: { event: 'Order Completed' },
    to: 'person',
    points: { points: 1, per: '1', currency: programme.currency },
    hold_days: 14,
    origin: 'purchase',
  };
  return <RulePage title={t('rule.new')} programme={programme} start={{ name: '', rule }} />;
}

export function OneRule() {
  const { t } = useTranslation('points');
  const { id } = useParams({ from: '/inside/points/rules/$id' });
  const { api, slug } = useSession();
  const programmes = useProgrammes().data?.items ?? [];
  const one = useQuery({
    queryKey: [...pointsKey(slug), 'rule', id],
    queryFn: ({ signal }) => api.get<WithVersions>(`/api/rewards/rules/${id}`, {}, signal),
  });
  const programme = programmes.find((each) => each.id === one.data?.programme);
  if (!one.data || !programme) return <Waiting error={one.error} title={t('title')} />;
  return (
    <RulePage
      key={one.data.version}
      title={one.data.name}
      programme={programme}
      start={{ name: one.data.name, rule: one.data.rule }}
      saved={one.data}
    />
  );
}

function Waiting({ title, error }: { title: string; error: unknown }) {
  return <Page title={title}>{error ? <ErrorState error={error} /> : <Skeleton lines={6} />}</Page>;
}

interface Written {
  name: string;
  rule: RuleBody;
}

/** A rule is written like a sentence; before it is saved, one sees what it would have cost. */
function RulePage(props: { title: string; programme: Programme; start: Written; saved?: WithVersions }) {
  const { t } = useTranslation('points');
  const { api, slug, may } = useSession();
  const { saved, programme } = props;
  const { draft, set, clear, isDirty } = useDraft<Written>(saved ? `rule-${saved.id}` : 'rule-new');
  const [asked, setAsked] = useState(false);
  const { name, rule } = { ...props.start, ...draft };
  const navigate = useNavigate();
  const cache = useQueryClient();
  const tell = useTell();
  const sentence = useRuleSentence();
  const save = useMutation({
    mutationFn: () =>
      saved
        ? api.send<Rule>('PATCH', `/api/rewards/rules/${saved.id}`, { name: name.trim(), rule })
        : api.send<Rule>('POST', '/api/rewards/rules', { programme: programme.id, name: name.trim(), rule }),
    onSuccess: async (made) => {
      clear();
      tell(t(saved ? 'rule.changed' : 'rule.saved', { name: made.name, version: made.version }));
      await cache.invalidateQueries({ queryKey: pointsKey(slug) });
      await navigate({ to: '/points', search: { programme: programme.id } as never });
    },
  });
  const isTaken = save.error instanceof Problem && save.error.type === 'rewards/name-taken';
  const nameError = isTaken
    ? t('rule.taken')
    : asked && name.trim() === ''
      ? t('rule.nameMissing')
      : undefined;
  return (
    <Page
      title={props.title}
      answer={
        <>
          <Link to="/points" className="mb-1 inline-flex items-center gap-1.5 text-s hover:text-ink">
            <ArrowLeft size={14} aria-hidden="true" />
            {programme.name}
          </Link>
          <p>{sentence(rule)}</p>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(true);
          if (name.trim() !== '') save.mutate();
        }}
      >
        <fieldset disabled={!may('rewards:write')} className="grid gap-6 pb-6">
          <div className="max-w-md">
            <Input
              label={t('rule.name')}
              value={name}
              maxLength={80}
              autoComplete="off"
              error={nameError}
              onChange={(event) => set({ ...draft, name: event.target.value })}
            />
          </div>
          <RuleForm
            rule={rule}
            currency={programme.currency}
            onChange={(next) => set({ ...draft, rule: next })}
          />
          {save.error && !isTaken && <ErrorState error={save.error} />}
          {may('rewards:write') && (
            <div className="flex flex-wrap items-center gap-2">
              <Button
                look="main"
                type="submit"
                icon={Check}
                busy={save.isPending}
                disabled={saved && !isDirty}
              >
                {t(saved ? 'rule.saveChange' : 'rule.save')}
              </Button>
              {isDirty && (
                <Button look="quiet" onClick={() => clear()}>
                  {t('rule.startOver')}
                </Button>
              )}
              <span className="text-s text-quiet">{t(saved ? 'rule.versionNote' : 'rule.fromNow')}</span>
            </div>
          )}
        </fieldset>
      </form>
      <DryRunPanel rule={rule} />
      {saved && <Versions of={saved} />}
    </Page>
  );
}

function Versions({ of }: { of: WithVersions }) {
  const { t } = useTranslation('points');
  const { workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  const sentence = useRuleSentence();
  return (
    <Section title={t('rule.versions')} note={t('rule.versionsNote')}>
      <ol className="grid gap-3">
        {of.versions.map(({ version, rule, since }) => (
          <li key={version} className="max-w-[68ch]">
            <p className="text-s text-quiet">
              {t('rule.versionSince', { version, day: format.moment(since) })}
            </p>
            <p>{sentence(rule)}</p>
          </li>
        ))}
      </ol>
    </Section>
  );
}

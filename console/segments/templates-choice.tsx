import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import { Button } from '../kit/button.tsx';
import { useFormat } from '../kit/format.ts';
import { useProblemText } from '../kit/states.tsx';
import { useComputed } from './computed.ts';
import { type Template, templates } from './templates.ts';

/** Whether people were compared with each other yet; before that, nobody is a champion. Nothing is counted for it. */
function useHasGroups(): boolean {
  const { data } = useComputed();
  return data?.snapshots.some((one) => one.name === 'rfm' && one.people > 0) ?? false;
}

/** What one may begin with. */
export function Templates() {
  const { t } = useTranslation('segments');
  const hasGroups = useHasGroups();
  return (
    <ul className="grid max-w-4xl gap-x-8 sm:grid-cols-2">
      {templates
        .filter(({ id }) => id !== 'champions' || hasGroups)
        .map((template) => (
          <li key={template.id} className="flex items-start gap-3 border-line border-t">
            <Link
              to="/segments/new"
              search={{ template: template.id }}
              className="grid min-w-0 grow grid-cols-[24px_minmax(0,1fr)] gap-x-2 rounded-md py-3 hover:text-good"
            >
              <template.icon size={18} aria-hidden="true" className="mt-0.5 text-gold" />
              <span className="font-medium">{t(`templates.${template.id}.name`)}</span>
              <span className="col-start-2 text-s text-quiet">{t(`templates.${template.id}.about`)}</span>
            </Link>
            <Count template={template} />
          </li>
        ))}
    </ul>
  );
}

/** How many that would be now, where somebody asks: counting reads all of the past. */
function Count({ template }: { template: Template }) {
  const { t } = useTranslation('segments');
  const { api } = useSession();
  const format = useFormat();
  const problem = useProblemText();
  const count = useMutation({
    mutationFn: () => api.send<{ count: number }>('POST', '/api/segments/preview', { rule: template.rule }),
  });
  if (count.data)
    return (
      <p role="status" className="shrink-0 py-3 text-right tabular-nums">
        <span className="font-semibold">{format.exact(count.data.count)}</span>{' '}
        <span className="text-s text-quiet">{t('build.preview.people', { count: count.data.count })}</span>
      </p>
    );
  return (
    <div className="mt-2 grid shrink-0 justify-items-end">
      <Button
        look="quiet"
        busy={count.isPending}
        aria-label={t('templates.countOf', { name: t(`templates.${template.id}.name`) })}
        onClick={() => count.mutate()}
      >
        {t('templates.count')}
      </Button>
      {count.error && (
        <p role="alert" className="max-w-40 text-right text-s text-wrong">
          {problem(count.error)}
        </p>
      )}
    </div>
  );
}

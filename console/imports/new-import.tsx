import { useQuery } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { FileUp } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Guess } from '../api/types.ts';
import { Button } from '../kit/button.tsx';
import { DropZone } from '../kit/drop-zone.tsx';
import { type Format, useFormat } from '../kit/format.ts';
import { Page } from '../kit/page.tsx';
import { EmptyState, ErrorState, Skeleton } from '../kit/states.tsx';
import { type Chosen, guessForm } from './chosen.ts';

// YAML comes with it, which no other page needs.
const Desk = lazy(async () => ({ default: (await import('./desk.tsx')).Desk }));

const accepted = '.csv,.tsv,.txt,.json,.jsonl,.ndjson,.gz,text/csv,application/json,application/gzip';
/** A file is chosen, looked at, its mapping made right, and sent in. */
export default function NewImport() {
  const { t } = useTranslation('imports');
  const { api, slug, may } = useSession();
  const format = useFormat();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const first = useQuery({
    queryKey: [slug, 'imports', 'guess', chosen?.id, null],
    queryFn: () =>
      api.send<Guess>('POST', '/api/imports/guess', guessForm(chosen?.file ?? new File([], ''), null)),
    enabled: chosen !== null,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  if (!may('imports:write')) {
    return (
      <Page title={t('new.title')}>
        <EmptyState icon={FileUp} title={t('new.noRight')} why={t('list.emptyNoRight')} />
      </Page>
    );
  }
  return (
    <Page title={t('new.title')} answer={chosen ? undefined : t('new.answer')}>
      {chosen === null ? (
        <>
          <DropZone
            label={t('new.drop')}
            hint={t('new.dropHint')}
            accept={accepted}
            onFile={(file) => setChosen((now) => ({ id: (now?.id ?? 0) + 1, file }))}
          />
          <p className="mt-4 max-w-[68ch] text-s text-quiet">{t('new.private')}</p>
        </>
      ) : (
        <>
          <div className="mb-6 flex flex-wrap items-center gap-x-4 gap-y-2">
            <p className="min-w-0 break-all">
              <span className="font-semibold">{chosen.file.name}</span>{' '}
              <span className="text-quiet">{sizeOf(chosen.file, t, format)}</span>
            </p>
            <Button look="quiet" onClick={() => setChosen(null)}>
              {t('new.another')}
            </Button>
          </div>
          {first.isPending && <Skeleton lines={8} />}
          {first.error && <ErrorState error={first.error} onRetry={() => void first.refetch()} />}
          {first.data && (
            <Suspense fallback={<Skeleton lines={8} />}>
              <Desk key={chosen.id} chosen={chosen} first={first.data} />
            </Suspense>
          )}
        </>
      )}
    </Page>
  );
}

function sizeOf({ size }: File, t: TFunction<'imports'>, format: Format): string {
  if (size < 100_000) return t('new.kb', { kb: format.exact(Math.max(1, Math.round(size / 1000))) });
  return t('new.mb', { mb: format.exact(Math.round(size / 100_000) / 10) });
}

import { Link, useNavigate } from '@tanstack/react-router';
import { LayoutDashboard, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import { keepPeriod } from '../insight/question.ts';
import { Button } from '../kit/button.tsx';
import { useFormat } from '../kit/format.ts';
import { Page } from '../kit/page.tsx';
import { EmptyState, ErrorState, Skeleton } from '../kit/states.tsx';
import { NameForm } from './name-form.tsx';
import { useBoardChanges, useBoards } from './use-boards.ts';

/** The boards of the workspace. */
export default function Boards() {
  const { t } = useTranslation('insight');
  const { may } = useSession();
  const format = useFormat();
  const boards = useBoards();
  const { make } = useBoardChanges();
  const navigate = useNavigate();
  const [isNaming, setNaming] = useState(false);
  const button = may('segments:write') && (
    <Button look="main" icon={Plus} onClick={() => setNaming(true)}>
      {t('boards.make')}
    </Button>
  );
  const isEmpty = boards.data?.items.length === 0;
  return (
    <Page title={t('boards.title')} answer={t('boards.about')} actions={isEmpty ? null : button}>
      {boards.error && <ErrorState error={boards.error} onRetry={() => void boards.refetch()} />}
      {boards.isPending && <Skeleton lines={4} />}
      {isEmpty && (
        <EmptyState
          icon={LayoutDashboard}
          title={t('boards.emptyTitle')}
          why={t('boards.emptyWhy')}
          action={button}
        />
      )}
      <ul>
        {boards.data?.items.map(({ id, title, tiles, updated_at }) => (
          <li key={id} className="border-line border-b">
            <Link
              to="/boards/$id"
              params={{ id }}
              search={keepPeriod}
              className="-mx-3 flex items-center gap-3 rounded-md px-3 py-3 hover:bg-sunken"
            >
              <LayoutDashboard
                size={18}
                strokeWidth={1.5}
                aria-hidden="true"
                className="shrink-0 text-gold"
              />
              <span className="min-w-0 grow truncate font-semibold">{title}</span>
              <span className="shrink-0 text-s text-quiet">
                {t('boards.tiles', { count: tiles, tiles: format.exact(tiles) })}
              </span>
              <span className="w-28 shrink-0 text-right text-s text-quiet max-sm:hidden">
                {format.ago(updated_at)}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {isNaming && (
        <NameForm
          title={t('boards.make')}
          label={t('boards.name')}
          value=""
          busy={make.isPending}
          onClose={() => setNaming(false)}
          onSave={(title) =>
            make.mutate(
              { title, tiles: [] },
              { onSuccess: ({ id }) => void navigate({ to: '/boards/$id', params: { id } }) },
            )
          }
        />
      )}
    </Page>
  );
}

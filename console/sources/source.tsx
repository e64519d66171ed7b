import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { Archive, CircleCheck, LoaderCircle } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Source } from '../api/types.ts';
import { Button } from '../kit/button.tsx';
import { Code } from '../kit/code.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Input } from '../kit/field.tsx';
import { ErrorState } from '../kit/states.tsx';
import { useTell } from '../kit/toast.tsx';
import { type SnippetKind, snippet, snippetKinds } from './snippets.ts';

/** How to connect one source, whether anything has arrived, and how to close it. */
export function SourceDialog({ source, onClose }: { source: Source; onClose: () => void }) {
  const { t } = useTranslation('sources');
  const { may } = useSession();
  const [kind, setKind] = useState<SnippetKind>(
    source.kind === 'till' ? 'till' : source.kind === 'server' ? 'server' : 'web',
  );
  const [isArchiving, setArchiving] = useState(false);
  const hasArrived = source.figures.accepted > 0;
  const Icon = hasArrived ? CircleCheck : LoaderCircle;
  return (
    <Dialog open wide onClose={onClose} title={source.name}>
      <div className="grid gap-5">
        {!source.archived && (
          <p
            className={clsx(
              'flex flex-wrap items-center gap-2 rounded-md px-3 py-2',
              hasArrived ? 'bg-good-wash text-good' : 'bg-gold-wash text-gold-ink',
            )}
            role="status"
          >
            <Icon size={17} aria-hidden="true" className={hasArrived ? '' : 'motion-safe:animate-spin'} />
            {t(hasArrived ? 'arrived' : 'waiting')}
            {hasArrived && (
              <Link to="/events" search={{ source: source.id }} className="link ml-auto">
                {t('see')}
              </Link>
            )}
          </p>
        )}
        <section>
          <h3 className="mb-1 font-semibold">{t('key')}</h3>
          <Code label={t('key')} text={source.write_key} />
          <p className="mt-1 text-s text-quiet">{t('keyNote')}</p>
        </section>
        {!source.archived && (
          <section>
            <h3 className="mb-2 font-semibold">{t('connect')}</h3>
            <fieldset className="mb-2 flex gap-1">
              <legend className="sr-only">{t('connect')}</legend>
              {snippetKinds.map((one) => (
                <label
                  key={one}
                  className={clsx(
                    'cursor-pointer rounded-md px-3 py-1 text-s has-focus-visible:outline-2 has-focus-visible:outline-info',
                    one === kind ? 'bg-good-wash font-semibold text-good' : 'text-quiet hover:text-ink',
                  )}
                >
                  <input
                    type="radio"
                    name="snippet"
                    className="sr-only"
                    checked={one === kind}
                    onChange={() => setKind(one)}
                  />
                  {t(`snippets.${one}`)}
                </label>
              ))}
            </fieldset>
            <p className="mb-2 text-s text-quiet">{t(`snippetNote.${kind}`)}</p>
            <Code label={t('connect')} text={snippet(kind, location.origin, source.write_key)} />
          </section>
        )}
        {may('sources:write') && !source.archived && !isArchiving && (
          <div>
            <Button look="danger" icon={Archive} onClick={() => setArchiving(true)}>
              {t('archive')}
            </Button>
          </div>
        )}
        {isArchiving && <ArchiveForm source={source} onDone={onClose} />}
      </div>
    </Dialog>
  );
}

function ArchiveForm({ source, onDone }: { source: Source; onDone: () => void }) {
  const { t } = useTranslation('sources');
  const { api, slug } = useSession();
  const cache = useQueryClient();
  const tell = useTell();
  const [typed, setTyped] = useState('');
  const archive = useMutation({
    mutationFn: () => api.send('DELETE', `/api/sources/${source.id}`),
    onSuccess: () => {
      tell(t('archivedNow'));
      onDone();
      void cache.invalidateQueries({ queryKey: [slug, 'sources'] });
    },
  });
  const isNamed = typed.trim() === source.name;
  return (
    <form
      className="grid gap-3 border-line border-t pt-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (isNamed) archive.mutate();
      }}
    >
      <p>{t('archiveNote')}</p>
      <Input
        label={t('archiveType', { name: source.name })}
        value={typed}
        autoComplete="off"
        onChange={(event) => setTyped(event.target.value)}
      />
      {archive.error && <ErrorState error={archive.error} />}
      <div>
        <Button look="danger" type="submit" icon={Archive} disabled={!isNamed} busy={archive.isPending}>
          {t('archive')}
        </Button>
      </div>
    </form>
  );
}

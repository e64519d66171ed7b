import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { PERMISSIONS, type Permission } from '#schema/identity';
import { useDraft } from '../api/draft.ts';
import { useSession } from '../api/session.tsx';
import type { CreatedKey } from '../api/types.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Input } from '../kit/field.tsx';
import { SecretOnce } from '../kit/secret-once.tsx';
import { ErrorState } from '../kit/states.tsx';
import { scopeWord } from './scope-word.ts';

const bundles = ['reading', 'everything', 'chosen'] as const;
type Bundle = (typeof bundles)[number];

/** A name, and what the program may; then the secret, this once. */
export function CreateKey({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('keys');
  const { api, slug, may } = useSession();
  const cache = useQueryClient();
  const { draft, set, clear } = useDraft<{ name: string; bundle: Bundle; chosen: Permission[] }>('key');
  const { name = '', bundle = 'reading', chosen = [] } = draft;
  // Nobody gives what they have not.
  const mine = PERMISSIONS.filter(may);
  const scopes =
    bundle === 'everything'
      ? mine
      : bundle === 'reading'
        ? mine.filter((one) => one.endsWith(':read'))
        : mine.filter((one) => chosen.includes(one));
  const create = useMutation({
    mutationFn: () => api.send<CreatedKey>('POST', '/api/keys', { name: name.trim(), scopes }),
    onSuccess: () => {
      clear();
      void cache.invalidateQueries({ queryKey: [slug, 'keys'] });
    },
  });
  if (create.data) return <Secret created={create.data} onClose={onClose} />;
  return (
    <Dialog open wide onClose={onClose} title={t('createTitle')} note={t('createNote')}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <Input
          label={t('name')}
          hint={t('nameHint')}
          required
          maxLength={80}
          autoComplete="off"
          value={name}
          onChange={(event) => set({ ...draft, name: event.target.value })}
        />
        <fieldset>
          <legend className="mb-1 text-s font-medium">{t('may')}</legend>
          <div className="flex flex-wrap gap-x-5 gap-y-1">
            {bundles.map((one) => (
              <label key={one} className="flex cursor-pointer items-center gap-2 py-1">
                <input
                  type="radio"
                  name="bundle"
                  className="accent-act"
                  checked={one === bundle}
                  onChange={() => set({ ...draft, bundle: one })}
                />
                {t(one)}
              </label>
            ))}
          </div>
        </fieldset>
        {bundle === 'chosen' && (
          <fieldset className="grid gap-x-6 sm:grid-cols-2">
            <legend className="sr-only">{t('chosen')}</legend>
            {mine.map((permission) => (
              <label key={permission} className="flex cursor-pointer items-center gap-2 py-1">
                <input
                  type="checkbox"
                  className="accent-act"
                  checked={chosen.includes(permission)}
                  onChange={({ target: { checked } }) =>
                    set({
                      ...draft,
                      chosen: checked ? [...chosen, permission] : chosen.filter((one) => one !== permission),
                    })
                  }
                />
                {t(`scopes.${scopeWord(permission)}`)}
              </label>
            ))}
          </fieldset>
        )}
        {create.error && <ErrorState error={create.error} />}
        <div className="flex justify-end">
          <Button
            look="main"
            type="submit"
            busy={create.isPending}
            disabled={scopes.length === 0 || name.trim() === ''}
          >
            {t('create')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Secret({ created, onClose }: { created: CreatedKey; onClose: () => void }) {
  const { t } = useTranslation('keys');
  const { slug } = useSession();
  const example = `curl ${location.origin}/api/session \\
  -H 'Authorization: Bearer ${created.secret}' \\
  -H 'Pando-Workspace: ${slug}'`;
  return (
    <SecretOnce
      title={t('secretTitle', { name: created.name })}
      note={t('secretNote')}
      label={t('secret')}
      secret={created.secret}
      example={{ label: t('try'), text: example }}
      onClose={onClose}
    />
  );
}

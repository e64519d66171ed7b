import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ROLES, type Role } from '#schema/identity';
import { useDraft } from '../api/draft.ts';
import { useSession } from '../api/session.tsx';
import type { CreatedInvitation } from '../api/types.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Input } from '../kit/field.tsx';
import { useProblemText } from '../kit/states.tsx';
import { LinkDialog } from './link.tsx';

/** Whom, and as what; then the link to hand over. */
export function InviteDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('team');
  const { api, slug } = useSession();
  const cache = useQueryClient();
  const problem = useProblemText();
  const { draft, set, clear } = useDraft<{ email: string; role: Role }>('invite');
  const { email = '', role = 'marketer' } = draft;
  const invite = useMutation({
    mutationFn: () =>
      api.send<CreatedInvitation>('POST', '/api/team/invitations', { email: email.trim(), role }),
    onSuccess: () => {
      clear();
      void cache.invalidateQueries({ queryKey: [slug, 'invitations'] });
    },
  });
  if (invite.data) {
    return (
      <LinkDialog
        title={t('invitedTitle')}
        note={t('invitedNote', { email: invite.data.email })}
        link={invite.data.link}
        onClose={onClose}
      />
    );
  }
  return (
    <Dialog open onClose={onClose} title={t('inviteTitle')} note={t('inviteNote')}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          invite.mutate();
        }}
      >
        <Input
          label={t('email')}
          type="email"
          required
          maxLength={254}
          autoComplete="off"
          value={email}
          error={invite.error ? problem(invite.error) : undefined}
          onChange={(event) => set({ ...draft, email: event.target.value })}
        />
        <fieldset className="grid gap-1">
          <legend className="mb-1 text-s font-medium">{t('as')}</legend>
          {ROLES.map((one) => (
            <label
              key={one}
              className="flex cursor-pointer items-start gap-3 rounded-md px-2 py-1.5 hover:bg-sunken has-checked:bg-good-wash"
            >
              <input
                type="radio"
                name="role"
                className="mt-1.5 accent-act"
                checked={one === role}
                onChange={() => set({ ...draft, role: one })}
              />
              <span>
                <span className="font-medium">{t(`roles.${one}`)}</span>
                <span className="block text-s text-quiet">{t(`roleNotes.${one}`)}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <div className="flex justify-end">
          <Button look="main" type="submit" busy={invite.isPending}>
            {t('makeLink')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import type { Link } from '../api/types.ts';
import { Button } from '../kit/button.tsx';
import { Code } from '../kit/code.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { useFormat } from '../kit/format.ts';

/** A link that is shown this once, to be handed over. */
export function LinkDialog(props: { title: string; note: string; link: Link; onClose: () => void }) {
  const { t } = useTranslation('team');
  return (
    <Dialog open wide onClose={props.onClose} title={props.title} note={props.note}>
      <LinkToCopy link={props.link} />
      <div className="mt-4 flex justify-end">
        <Button look="main" onClick={props.onClose}>
          {t('done')}
        </Button>
      </div>
    </Dialog>
  );
}

function LinkToCopy({ link }: { link: Link }) {
  const { t } = useTranslation('team');
  const { workspace } = useSession();
  const format = useFormat(workspace.timeZone);
  return (
    <>
      <Code label={t('link')} text={link.url} wrap />
      <p className="mt-1 text-s text-quiet">{t('validUntil', { moment: format.moment(link.expiresAt) })}</p>
    </>
  );
}

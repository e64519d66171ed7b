import { useQuery } from '@tanstack/react-query';
import { Download, ExternalLink, QrCode } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../api/client.ts';
import { useSession } from '../api/session.tsx';
import { Button, buttonClass } from '../kit/button.tsx';
import { download } from '../kit/download.ts';
import { ErrorState, Skeleton } from '../kit/states.tsx';
import { useLedgerKey } from './use-ledger.ts';

interface Receipt {
  fileName: string;
  text: string;
  link: string;
  qr: string;
}

/** What a member keeps: a link, a file and a QR that carries the link. */
export function ReceiptPart(props: { programme: string; id: string; party: 'from' | 'to' }) {
  const { t } = useTranslation('ledger');
  const { api } = useSession();
  const key = useLedgerKey();
  const { programme, id, party } = props;
  const receipt = useQuery({
    queryKey: key('receipt', programme, id, party),
    queryFn: ({ signal }) =>
      api.get<Receipt>(`/api/points/${programme}/transfers/${id}/receipt`, { party }, signal),
    // Not signed yet is a matter of a second.
    refetchInterval: ({ state }) => (isWaiting(state.error) ? 1_500 : false),
    retry: false,
    staleTime: 60_000,
  });
  const { error, data } = receipt;
  return (
    <section className="grid gap-3 border-line border-t pt-4">
      <div>
        <h3 className="font-semibold">{t('receipt.title')}</h3>
        <p className="max-w-[68ch] text-s text-quiet">{t('receipt.note')}</p>
      </div>
      {!data && !error && <Skeleton lines={2} />}
      {!data && isWaiting(error) && <p role="status">{t('receipt.wait')}</p>}
      {!data && isNone(error) && <p className="text-quiet">{t('receipt.none')}</p>}
      {!data && error && !isWaiting(error) && !isNone(error) && (
        <ErrorState error={error} onRetry={() => void receipt.refetch()} />
      )}
      {data && (
        <div className="flex flex-wrap items-start gap-x-6 gap-y-4">
          <img
            src={`data:image/svg+xml,${encodeURIComponent(data.qr)}`}
            alt={t('receipt.qr')}
            className="size-44 rounded-md bg-white"
          />
          <div className="grid gap-2 justify-items-start">
            <a href={data.link} target="_blank" rel="noreferrer" className={buttonClass('main')}>
              <ExternalLink size={16} aria-hidden="true" className="shrink-0" />
              {t('receipt.open')}
            </a>
            <Button icon={Download} onClick={() => download(data.fileName, data.text)}>
              {t('receipt.download')}
            </Button>
            <Button
              icon={QrCode}
              onClick={() =>
                download(data.fileName.replace(/\.tlog-proof$/, '.svg'), data.qr, 'image/svg+xml')
              }
            >
              {t('receipt.downloadQr')}
            </Button>
          </div>
        </div>
      )}
    </section>
  );
}

const isWaiting = (error: unknown) => error instanceof Problem && error.type === 'points/not-signed-yet';
const isNone = (error: unknown) => error instanceof Problem && error.type === 'points/no-such-transfer';

import { useMutation } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../api/client.ts';
import { useSession } from '../api/session.tsx';
import { Button } from '../kit/button.tsx';
import { Input } from '../kit/field.tsx';
import { Section } from '../kit/page.tsx';
import { ErrorState } from '../kit/states.tsx';
import type { Programme } from '../points/use-points.ts';
import { MovementPart } from './movement.tsx';
import type { Movement, ReceiptRead } from './use-ledger.ts';

type Found = { id: string; receipt?: ReceiptRead };
const mostBytes = 64 * 1024;

/** From what a member holds out, or a number, to the movement in the books. */
export function Find({ programme }: { programme: Programme }) {
  const { t } = useTranslation('ledger');
  const { api } = useSession();
  const [text, setText] = useState('');
  const file = useId();
  const at = `/api/points/${programme.id}`;
  const find = useMutation({
    mutationFn: async (asked: string): Promise<Found> => {
      if (/^\d{1,15}$/.test(asked)) {
        await api.get<{ items: Movement[] }>(`${at}/transfers/${asked}`);
        return { id: asked };
      }
      const receipt = await api.send<ReceiptRead>('POST', `${at}/receipts/read`, { receipt: asked });
      return { id: receipt.id, receipt };
    },
  });
  const type = find.error instanceof Problem ? find.error.type : undefined;
  const says =
    type === 'points/no-receipt'
      ? t('find.noReceipt')
      : type === 'points/no-such-transfer'
        ? t('find.none')
        : undefined;
  const found = find.data;
  return (
    <Section title={t('find.title')} note={t('find.note')}>
      <form
        className="flex max-w-2xl flex-wrap items-end gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          find.mutate(text.trim());
        }}
      >
        <div className="min-w-0 grow basis-64">
          <Input
            label={t('find.label')}
            value={text}
            required
            maxLength={65_536}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => {
              find.reset();
              setText(event.target.value);
            }}
          />
        </div>
        <Button look="main" type="submit" icon={Search} busy={find.isPending}>
          {t('find.find')}
        </Button>
        <div className="basis-full text-s">
          <label htmlFor={file} className="mr-2 text-quiet">
            {t('find.file')}
          </label>
          <input
            id={file}
            type="file"
            accept=".tlog-proof,text/plain"
            onChange={async (event) => {
              const [chosen] = event.target.files ?? [];
              if (!chosen) return;
              setText('');
              find.mutate(chosen.size > mostBytes ? '?' : await chosen.text());
            }}
          />
        </div>
      </form>
      {says && (
        <p role="alert" className="mt-3 text-wrong">
          {says}
        </p>
      )}
      {find.error && !says && <ErrorState error={find.error} />}
      {found && (
        <div className="mt-5 grid max-w-2xl gap-4">
          {found.receipt && (
            <p role="status" className={found.receipt.genuine ? 'text-good' : 'text-wrong'}>
              {t(found.receipt.genuine ? 'find.genuine' : 'find.changed')}
            </p>
          )}
          <h3 className="font-semibold">{t('movement.title', { id: found.id })}</h3>
          <MovementPart
            key={found.id}
            programme={programme.id}
            id={found.id}
            {...(found.receipt ? { party: found.receipt.party } : {})}
          />
        </div>
      )}
    </Section>
  );
}

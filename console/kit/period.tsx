import { CalendarDays } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button.tsx';
import { Input } from './field.tsx';
import { useFormat } from './format.ts';
import { Popover } from './popover.tsx';
import { Segmented } from './segmented.tsx';

export const presets = ['7d', '30d', '90d', '365d'] as const;
type Preset = (typeof presets)[number];
/** The days up to now, or chosen days: both included, like `2026-10-01..2026-10-31`. */
export type Period = Preset | `${string}..${string}`;

const dayMs = 86_400_000;
const chosen = /^(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)$/;

export function isPeriod(value: unknown): value is Period {
  if (presets.some((one) => one === value)) return true;
  const [, from = '', to = ''] = (typeof value === 'string' && chosen.exec(value)) || [];
  return !Number.isNaN(Date.parse(from)) && !Number.isNaN(Date.parse(to)) && from <= to;
}

function daysOf(period: Period): { from: string; to: string } | null {
  const [, from, to] = chosen.exec(period) ?? [];
  return from && to ? { from, to } : null;
}

/**
 * The stretch of time, and as long a one before it. Where it ends now, that is on a whole minute, so that answers can
 * be shared; chosen days are those of `timeZone`.
 */
export function rangesOf(period: Period, timeZone = 'UTC'): { from: string; to: string; before: string } {
  const days = daysOf(period);
  if (days) {
    const from = midnight(days.from, timeZone);
    const to = midnight(nextDay(days.to), timeZone);
    return { from: iso(from), to: iso(to), before: iso(from - (to - from)) };
  }
  const length = Number.parseInt(period, 10) * dayMs;
  const to = Math.ceil(Date.now() / 60_000) * 60_000;
  return { from: iso(to - length), to: iso(to), before: iso(to - 2 * length) };
}

const iso = (ms: number) => new Date(ms).toISOString();
const nextDay = (day: string) => iso(Date.parse(day) + dayMs).slice(0, 10);

/** The moments at which a day of a zone begins and ends. */
export const dayStart = (day: string, timeZone: string): string => iso(midnight(day, timeZone));
export const dayEnd = (day: string, timeZone: string): string => iso(midnight(nextDay(day), timeZone));

/** When a day begins in a zone: twice corrected by the zone's distance from UTC there, for days when clocks change. */
function midnight(day: string, timeZone: string): number {
  const utc = Date.parse(`${day}T00:00:00Z`);
  const format = new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  const shown = (ms: number) => Date.parse(`${format.format(ms).replace(' ', 'T')}Z`);
  const once = utc - (shown(utc) - utc);
  return once - (shown(once) - utc);
}

/** Which stretch of days a page speaks of: one of the usual ones, or chosen days. */
export function DateRange({ value, onChange }: { value: Period; onChange: (period: Period) => void }) {
  const { t } = useTranslation('kit');
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Segmented
        label={t('period.title')}
        value={presets.find((one) => one === value)}
        choices={presets.map((one) => ({ value: one, label: t(`period.${one}`) }))}
        onChange={onChange}
      />
      <ChosenDays value={value} onChange={onChange} />
    </div>
  );
}

/** A period in words. */
export function usePeriodWords(): (period: Period) => string {
  const { t } = useTranslation('kit');
  const format = useFormat('UTC');
  return (period) => {
    const days = daysOf(period);
    if (days) return `${format.day(days.from)} – ${format.day(days.to)}`;
    return t(`period.${presets.find((one) => one === period) ?? '30d'}`);
  };
}

function ChosenDays({ value, onChange }: { value: Period; onChange: (period: Period) => void }) {
  const { t } = useTranslation('kit');
  const words = usePeriodWords();
  const isChosen = daysOf(value) !== null;
  const [open, setOpen] = useState(false);
  return (
    <Popover
      open={open}
      onOpen={setOpen}
      label={t('period.choose')}
      trigger={
        <Button
          icon={CalendarDays}
          className={isChosen ? 'border-good! bg-good-wash! font-semibold text-good' : ''}
        >
          {isChosen ? words(value) : t('period.choose')}
        </Button>
      }
    >
      <DaysForm
        value={value}
        onChange={(chosen) => {
          onChange(chosen);
          setOpen(false);
        }}
      />
    </Popover>
  );
}

/** The first and the last day. */
export function DaysForm({ value, onChange }: { value: Period; onChange: (period: Period) => void }) {
  const { t } = useTranslation('kit');
  const days = daysOf(value);
  const [from, setFrom] = useState(days?.from ?? '');
  const [to, setTo] = useState(days?.to ?? '');
  const wanted = `${from}..${to}` as const;
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (isPeriod(wanted)) onChange(wanted);
      }}
    >
      <Input
        label={t('period.from')}
        type="date"
        required
        max={to || undefined}
        value={from}
        onChange={(event) => setFrom(event.target.value)}
      />
      <Input
        label={t('period.to')}
        type="date"
        required
        min={from || undefined}
        value={to}
        onChange={(event) => setTo(event.target.value)}
      />
      <Button look="main" type="submit" disabled={!isPeriod(wanted)}>
        {t('period.show')}
      </Button>
    </form>
  );
}

/** The moment at which a day (2026-11-22) begins in a time zone; the server asks for moments, people think in days. */
export function startOfDay(day: string, timeZone: string, plusDays = 0): string {
  const midnight = Date.parse(`${day}T00:00:00Z`) + plusDays * 86_400_000;
  // Twice, because the clock may have been put forward in between.
  let at = midnight - offsetMs(midnight, timeZone);
  at = midnight - offsetMs(at, timeZone);
  return new Date(at).toISOString();
}

function offsetMs(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).formatToParts(at);
  const text = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(text) ?? [];
  return (sign === '-' ? -60_000 : 60_000) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
}

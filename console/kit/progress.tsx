/** How much of something is done, from 0 to 1; null where nobody can tell yet. */
export function Progress({ label, done }: { label: string; done: number | null }) {
  const percent = done === null ? undefined : Math.floor(Math.min(1, Math.max(0, done)) * 100);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      className="h-2 overflow-hidden rounded-full bg-line"
    >
      <div
        style={{ width: `${percent ?? 100}%` }}
        className={`h-full rounded-full bg-act transition-[width] duration-200 ${percent === undefined ? 'waiting' : ''}`}
      />
    </div>
  );
}

const names = ['ink', 'quiet', 'line', 'raised', 'before'] as const;

/** The colours of the tokens as the page shows them now; ECharts cannot read CSS itself. */
export function chartColours(
  root: HTMLElement,
): { series: string[] } & Record<(typeof names)[number], string> {
  const probe = document.createElement('span');
  root.append(probe);
  const read = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const [ink, quiet, line, raised, before] = names.map(read);
  const series = [1, 2, 3, 4, 5, 6, 7].map((n) => read(`series-${n}`));
  probe.remove();
  return {
    series,
    ink: ink ?? '',
    quiet: quiet ?? '',
    line: line ?? '',
    raised: raised ?? '',
    before: before ?? '',
  };
}

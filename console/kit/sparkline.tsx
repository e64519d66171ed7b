/** A small line without axes, for a row of a table: which way something went. Its words stand beside it or in `label`. */
export function Sparkline({ values, label }: { values: readonly number[]; label: string }) {
  const [width, height, edge] = [96, 24, 2];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const step = (width - 2 * edge) / Math.max(1, values.length - 1);
  const points = values.map((value, i) => {
    // What never changed is a line through the middle.
    const share = high === low ? 0.5 : (value - low) / (high - low);
    return [edge + i * step, height - edge - share * (height - 2 * edge)] as const;
  });
  const [x, y] = points.at(-1) ?? [edge, height / 2];
  return (
    <svg role="img" aria-label={label} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
      <polyline
        points={points.map((point) => point.map((n) => n.toFixed(1)).join(',')).join(' ')}
        fill="none"
        stroke="var(--series-1)"
        strokeWidth="1.5"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
      <circle cx={x} cy={y} r="2" fill="var(--series-1)" />
    </svg>
  );
}

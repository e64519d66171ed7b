import type { EChartsCoreOption } from 'echarts/core';
import type { chartColours } from './chart-theme.ts';

export interface Series {
  name: string;
  values: readonly number[];
  /** Of the period before: in grey. */
  isBefore?: boolean;
}

export interface Figures {
  kind: 'bar' | 'line';
  categories: readonly string[];
  series: readonly Series[];
}

export type Ink = ReturnType<typeof chartColours>;

/** What a picture has to know of its place. */
export interface Room {
  fontFamily: string;
  isStill: boolean;
  isNarrow: boolean;
  compact: (value: number) => string;
}

/** What ECharts is to draw, in these colours and this room. */
export type Draw = (ink: Ink, room: Room) => EChartsCoreOption;

const colours = 7;
/** With more bars than these, numbers over them would run into each other. */
const mostLabelled = 16;

/** Which of the seven colours a series has, and whether a pattern tells it from the one that had it before. */
export function markOf(series: readonly Series[], one: Series): { colour: number; isPatterned: boolean } {
  const place = series.filter((other) => !other.isBefore).indexOf(one);
  return { colour: place % colours, isPatterned: place >= colours };
}

/** Rich text is drawn; a tooltip of HTML would bring styles that the content security policy refuses. */
export const tooltipOf = (ink: Ink) =>
  ({
    renderMode: 'richText',
    backgroundColor: ink.raised,
    borderColor: ink.line,
    textStyle: { color: ink.ink },
  }) as const;

/** What ECharts draws, in the colours of the tokens. */
export function chartOption({ kind, categories, series }: Figures, ink: Ink, o: Room): EChartsCoreOption {
  const isLabelled = kind === 'bar' && categories.length * series.length <= (o.isNarrow ? 8 : mostLabelled);
  const longest = Math.max(...series.map(({ name }) => name.length), 0);
  return {
    animation: !o.isStill,
    animationDuration: 200,
    textStyle: { fontFamily: o.fontFamily, color: ink.ink },
    grid: {
      left: 8,
      right: kind === 'line' ? Math.min(140, 24 + longest * 8) : 8,
      top: 20,
      bottom: 8,
      containLabel: true,
    },
    tooltip: { ...tooltipOf(ink), trigger: 'axis' },
    xAxis: {
      type: 'category',
      data: [...categories],
      axisLine: { lineStyle: { color: ink.line } },
      axisTick: { show: false },
      axisLabel: { color: ink.quiet, hideOverlap: true },
    },
    yAxis: {
      type: 'value',
      min: kind === 'bar' ? 0 : undefined,
      splitLine: { lineStyle: { color: ink.line } },
      axisLabel: { color: ink.quiet, formatter: o.compact },
    },
    series: series.map((one) => {
      const { colour: place, isPatterned } = markOf(series, one);
      const colour = one.isBefore ? ink.before : ink.series[place];
      return {
        type: kind,
        name: one.name,
        data: [...one.values],
        color: colour,
        barMaxWidth: 28,
        symbol: 'none',
        itemStyle: {
          borderRadius: [3, 3, 0, 0],
          ...(isPatterned
            ? {
                decal: {
                  symbol: 'rect',
                  color: ink.raised,
                  dashArrayX: [1, 0],
                  dashArrayY: [3, 4],
                  rotation: -Math.PI / 4,
                },
              }
            : {}),
        },
        lineStyle: { width: 2, type: isPatterned ? 'dashed' : 'solid' },
        label: {
          show: isLabelled && !one.isBefore,
          position: 'top',
          color: ink.quiet,
          fontSize: 11,
          formatter: ({ value }: { value: number }) => o.compact(value),
        },
        // Names of lines give way to each other; a number over a bar is left out where there is no room.
        labelLayout: kind === 'line' ? { moveOverlap: 'shiftY' } : { hideOverlap: true },
        endLabel: { show: kind === 'line', formatter: '{a}', color: colour },
      };
    }),
  };
}

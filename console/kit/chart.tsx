import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import { useTheme } from '../frame/theme.tsx';
import { chartColours } from './chart-theme.ts';

echarts.use([BarChart, LineChart, GridComponent, TooltipComponent, CanvasRenderer]);

export interface Series {
  name: string;
  values: readonly number[];
  /** Of the period before: in grey. */
  isBefore?: boolean;
}

/** Bars from zero, or lines that carry their names at their ends instead of a legend. A table belongs beside it. */
export function Chart(props: {
  kind: 'bar' | 'line';
  categories: readonly string[];
  series: readonly Series[];
  /** What the picture says, for those who cannot see it. */
  summary: string;
}) {
  const place = useRef<HTMLDivElement>(null);
  const { isDark } = useTheme();
  const { kind, categories, series, summary } = props;
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    element.dataset.theme = isDark ? 'dark' : 'light';
    const colours = chartColours(element);
    const chart = echarts.init(element, null, { renderer: 'canvas' });
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    chart.setOption({
      animation: !still,
      animationDuration: 200,
      textStyle: { fontFamily: getComputedStyle(element).fontFamily, color: colours.ink },
      grid: { left: 8, right: kind === 'line' ? 96 : 8, top: 16, bottom: 8, containLabel: true },
      // Rich text is drawn; a tooltip of HTML would bring styles that the content security policy refuses.
      tooltip: {
        trigger: 'axis',
        renderMode: 'richText',
        backgroundColor: colours.raised,
        borderColor: colours.line,
        textStyle: { color: colours.ink },
      },
      xAxis: {
        type: 'category',
        data: [...categories],
        axisLine: { lineStyle: { color: colours.line } },
        axisTick: { show: false },
        axisLabel: { color: colours.quiet },
      },
      yAxis: {
        type: 'value',
        min: kind === 'bar' ? 0 : undefined,
        splitLine: { lineStyle: { color: colours.line } },
        axisLabel: { color: colours.quiet },
      },
      series: series.map((one) => {
        const place = series.filter((other) => !other.isBefore).indexOf(one);
        const colour = one.isBefore ? colours.before : colours.series[place % colours.series.length];
        return {
          type: kind,
          name: one.name,
          data: [...one.values],
          color: colour,
          barMaxWidth: 28,
          symbol: 'none',
          itemStyle: { borderRadius: [3, 3, 0, 0] },
          lineStyle: { width: 2 },
          endLabel: { show: kind === 'line', formatter: '{a}', color: colour },
        };
      }),
    });
    const watch = new ResizeObserver(() => chart.resize());
    watch.observe(element);
    return () => {
      watch.disconnect();
      chart.dispose();
    };
  }, [kind, categories, series, isDark]);
  return <div ref={place} role="img" aria-label={summary} className="h-64 w-full" />;
}

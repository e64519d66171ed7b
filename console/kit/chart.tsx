import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { LabelLayout } from 'echarts/features';
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import { useTheme } from '../frame/theme.tsx';
import { chartOption, type Figures } from './chart-option.ts';
import { chartColours } from './chart-theme.ts';
import { useFormat } from './format.ts';

export type { Series } from './chart-option.ts';

echarts.use([BarChart, LineChart, GridComponent, TooltipComponent, LabelLayout, CanvasRenderer, SVGRenderer]);

/** A picture as it can be taken away, in the colours that it is seen in. */
export interface Drawn {
  png(): Blob;
  svg(): string;
}

/** Bars from zero, or lines that carry their names at their ends instead of a legend. `Picture` puts a table beside it. */
export function Chart(
  props: Figures & {
    /** What the picture says, for those who cannot see it. */
    summary: string;
    onDrawn?: (drawn: Drawn) => void;
  },
) {
  const place = useRef<HTMLDivElement>(null);
  const { isDark } = useTheme();
  const format = useFormat();
  const { kind, categories, series, summary, onDrawn } = props;
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    element.dataset.theme = isDark ? 'dark' : 'light';
    const colours = chartColours(element);
    const chart = echarts.init(element, null, { renderer: 'canvas' });
    const draw = () => {
      const option = chartOption({ kind, categories, series }, colours, {
        fontFamily: getComputedStyle(element).fontFamily,
        isStill: matchMedia('(prefers-reduced-motion: reduce)').matches,
        isNarrow: element.clientWidth < 520,
        compact: format.compact,
      });
      chart.setOption(option);
      return option;
    };
    const option = draw();
    onDrawn?.({
      png: () => blobOf(chart.getDataURL({ type: 'png', pixelRatio: 2, backgroundColor: colours.raised })),
      svg: () => svgOf(element, { ...option, animation: false, backgroundColor: colours.raised }),
    });
    const watch = new ResizeObserver(() => {
      chart.resize();
      draw();
    });
    watch.observe(element);
    return () => {
      watch.disconnect();
      chart.dispose();
    };
  }, [kind, categories, series, isDark, format, onDrawn]);
  return <div ref={place} role="img" aria-label={summary} className="h-64 w-full" />;
}

/** Drawn as text beside the page, never in it: an SVG in the page would bring styles of its own. */
function svgOf(element: HTMLElement, option: echarts.EChartsCoreOption): string {
  const [width, height] = [element.clientWidth, element.clientHeight];
  const drawing = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  drawing.setOption(option);
  const text = drawing.renderToSVGString();
  drawing.dispose();
  return text;
}

function blobOf(url: string): Blob {
  const bytes = atob(url.slice(url.indexOf(',') + 1));
  return new Blob([Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))], { type: 'image/png' });
}

import { BarChart, LineChart, SankeyChart, ScatterChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { LabelLayout } from 'echarts/features';
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import { useTheme } from '../frame/theme.tsx';
import type { Draw } from './chart-option.ts';
import { chartColours } from './chart-theme.ts';
import { useFormat } from './format.ts';

echarts.use([BarChart, LineChart, SankeyChart, ScatterChart, GridComponent, MarkLineComponent]);
echarts.use([TooltipComponent, LabelLayout, CanvasRenderer, SVGRenderer]);

/** A picture as it can be taken away, in the colours that it is seen in. */
export interface Drawn {
  png(): Blob;
  svg(): string;
}

/** A picture drawn by ECharts in the colours of the tokens. `Figure` puts its words, its table and the downloads beside it. */
export function Chart(props: {
  /** Keep it while what is drawn is the same: a new one draws anew. */
  draw: Draw;
  /** What the picture says, for those who cannot see it. */
  summary: string;
  isTall?: boolean;
  onDrawn?: (drawn: Drawn) => void;
}) {
  const place = useRef<HTMLDivElement>(null);
  const { isDark } = useTheme();
  const format = useFormat();
  const { draw: toDraw, summary, onDrawn } = props;
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    element.dataset.theme = isDark ? 'dark' : 'light';
    const colours = chartColours(element);
    const chart = echarts.init(element, null, { renderer: 'canvas' });
    const draw = () => {
      const option = toDraw(colours, {
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
    // Chinese letters come in small files, of which a canvas hears nothing: it keeps empty boxes in their place.
    const write = () => {
      chart.clear();
      draw();
    };
    document.fonts.addEventListener('loadingdone', write);
    return () => {
      document.fonts.removeEventListener('loadingdone', write);
      watch.disconnect();
      chart.dispose();
    };
  }, [toDraw, isDark, format, onDrawn]);
  return (
    <div
      ref={place}
      role="img"
      aria-label={summary}
      className={props.isTall ? 'h-[30rem] w-full' : 'h-64 w-full'}
    />
  );
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

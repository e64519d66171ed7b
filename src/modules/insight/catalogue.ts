import { attributionReport } from './attribution/report.ts';
import { funnelReport } from './funnel/funnel.ts';
import { lifetimeReport } from './lifetime/lifetime.ts';
import { productsReport } from './products/products.ts';
import type { Report } from './report/define.ts';
import { layersReport } from './value/layers.ts';

/** Every report there is. */
export const reports: readonly Report[] = [
  attributionReport,
  funnelReport,
  layersReport,
  lifetimeReport,
  productsReport,
];

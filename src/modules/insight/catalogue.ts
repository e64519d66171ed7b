import { attributionReport } from './attribution/report.ts';
import { channelsReport } from './channels/channels.ts';
import { cohortsReport } from './cohorts/cohorts.ts';
import { contentReport } from './content/content.ts';
import { funnelReport } from './funnel/funnel.ts';
import { funnelLeavingReport, funnelTimesReport } from './funnel/leaving.ts';
import { lifetimeReport } from './lifetime/lifetime.ts';
import { pathsReport } from './paths/paths.ts';
import { personasReport } from './personas/personas.ts';
import { productsReport } from './products/products.ts';
import type { Report } from './report/define.ts';
import { repurchaseReport } from './repurchase/repurchase.ts';
import { stickinessReport } from './stickiness/stickiness.ts';
import { layersReport } from './value/layers.ts';
import { weekReport } from './week/week.ts';
import { whatIfReport } from './what-if/what-if.ts';

/** Every report there is. */
export const reports: readonly Report[] = [
  attributionReport,
  channelsReport,
  contentReport,
  funnelReport,
  funnelTimesReport,
  funnelLeavingReport,
  cohortsReport,
  repurchaseReport,
  stickinessReport,
  pathsReport,
  layersReport,
  lifetimeReport,
  personasReport,
  productsReport,
  weekReport,
  whatIfReport,
];

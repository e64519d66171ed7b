import { funnelReport } from './funnel/funnel.ts';
import type { Report } from './report/define.ts';

/** Every report there is. */
export const reports: readonly Report[] = [funnelReport];

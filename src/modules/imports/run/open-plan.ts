import { makePlan, type Plan } from '../mapping/plan.ts';
import { makeSegmentPlan } from '../mapping/segment.ts';
import type { Mapping } from '../mapping/shape.ts';
import { type ImportFile, openImportFile } from '../read/file.ts';
import { type Layout, readLayout } from '../read/layout.ts';
import { type Lookups, readLookups } from './lookup.ts';

/** A file with the mapping made for its columns, ready to be read. */
export interface OpenPlan {
  layout: Layout;
  file: ImportFile;
  plan: Plan;
  joined: Lookups;
}

/** The plan for a file that is laid out so; see `makePlan`. */
export function planFor(
  mapping: Mapping,
  layout: Layout,
  o: { zone: string; latestMs: number; text?: string },
): Plan {
  return layout.format === 'segment' ? makeSegmentPlan(layout) : makePlan(mapping, layout, o);
}

/** Throws refusals where the file cannot be read or the mapping does not fit it; see `makePlan`. */
export async function openPlan(o: {
  path: string;
  mapping: Mapping;
  /** Of times that name no offset, where the mapping says none. */
  zone: string;
  /** The mapping's YAML, to tell lines. */
  text: string;
  /** The files in which values are looked up, by the name that the mapping gives them. */
  lookups: Record<string, string>;
  latestMs: number;
}): Promise<OpenPlan> {
  const { layout } = await readLayout(o.path, o.mapping.file ?? {});
  const plan = planFor(o.mapping, layout, o);
  const file = openImportFile(o.path, layout, plan.finder.paths);
  return { layout, file, plan, joined: await readLookups(o.mapping, plan.finder, o.lookups) };
}

import { Refusal } from '#platform/refusal';
import type { Door } from '../door.ts';

/** The brand that is simulated is nobody's own. */
const demo = 'demo';

/** The slug that was given, or that of the only workspace besides the demo. */
export async function chooseWorkspace(door: Door, given: string | undefined): Promise<string> {
  if (given !== undefined) return given;
  const { items } = await door.ask<{ items: { slug: string }[] }>('/api/workspaces');
  const slugs = items.map((workspace) => workspace.slug);
  const own = slugs.filter((slug) => slug !== demo);
  const [only] = own;
  if (only !== undefined && own.length === 1) return only;
  throw new Refusal({
    type: 'cli/workspace-needed',
    status: 400,
    title: 'Say which workspace',
    detail:
      own.length === 0
        ? `There is no workspace besides the demo. Write --workspace ${demo} for that one.`
        : `There are several workspaces (${slugs.join(', ')}): say which one with --workspace.`,
  });
}

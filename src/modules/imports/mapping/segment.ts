import { parseObject } from '../read/json.ts';
import type { Layout } from '../read/layout.ts';
import { createColumnFinder } from './columns.ts';
import { Flaw } from './flaw.ts';
import type { Plan } from './plan.ts';
import { contentHash, type Message } from './record.ts';
import type { Cells } from './value.ts';

/**
 * The plan for an archive of Segment messages, which are taken as they are. A message without an id gets one by its
 * content, and equal ones are counted.
 */
export function makeSegmentPlan(layout: Layout): Plan {
  const finder = createColumnFinder({}, layout);
  finder.place('*');
  const messageOf = (cells: Cells): Record<string, unknown> => {
    const object = parseObject(cells[0] ?? '');
    if (typeof object === 'string') throw new Flaw(object);
    return object;
  };
  const hasId = (message: Record<string, unknown>) =>
    typeof message.messageId === 'string' && message.messageId.trim() !== '';
  return {
    passedOver: () => null,
    single: [
      {
        applies: ([cells = []]) => hasId(messageOf(cells)),
        make: ([cells = []]) => {
          const message = messageOf(cells);
          return hasId(message) ? (message as unknown as Message) : null;
        },
      },
    ],
    groupings: [
      {
        key: (cells) => (hasId(messageOf(cells)) ? '' : contentHash(cells[0] ?? '')),
        nothing: () => null,
        makers: [
          {
            applies: () => true,
            make: ([cells = []], ownId) =>
              ({ ...messageOf(cells), messageId: ownId() }) as unknown as Message,
          },
        ],
        numbered: true,
      },
    ],
    finder,
  };
}

import Type, { type Static } from 'typebox';
import { refusals } from '#platform/refusal';

export const refuse = refusals('demo', {
  'not-a-demo': { status: 409, title: 'The workspace has data of its own' },
  'other-story': { status: 409, title: 'The workspace holds another simulated brand' },
  'no-story': { status: 404, title: 'No simulated brand' },
});

const Slug = Type.String({ pattern: '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$', examples: ['demo'] });

/** What `POST /api/demo` takes; what is left out is as it was, or by default. */
export const DemoOrder = Type.Object(
  {
    workspace: Type.Optional(Slug),
    people: Type.Optional(Type.Integer({ minimum: 10, maximum: 1_000_000, description: '5,000 by default' })),
    months: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 36, description: '12 by default, 4 of more than 500,000 people' }),
    ),
    seed: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 2_147_483_647,
        description: 'The same seed makes the same brand; 1 by default',
      }),
    ),
  },
  { title: 'Order for a simulated brand' },
);
export type DemoOrder = Static<typeof DemoOrder>;

export const DemoQuery = Type.Object({ workspace: Type.Optional(Slug) });

const Share = Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()]);

export const DemoProgress = Type.Object(
  {
    workspace: Type.String(),
    name: Type.String(),
    state: Type.Enum(['waiting', 'filling', 'filled']),
    /** 0 to 1. */
    progress: Type.Number({ minimum: 0, maximum: 1 }),
    messages: Type.Integer({
      description: 'Handed in so far, with those that are sent twice or cannot be accepted',
    }),
    until: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
      description: 'Told up to this moment',
    }),
    people: Type.Integer(),
    months: Type.Integer(),
    seed: Type.Integer(),
    result: Type.Union([
      Type.Object({
        people: Type.Integer({ description: 'Who truly turned up' }),
        known_persons: Type.Integer({ description: 'As the program resolved them, without mere browsers' }),
        events: Type.Integer(),
        orders: Type.Integer(),
        duplicates: Type.Integer(),
        quarantined: Type.Integer(),
        withheld: Type.Integer(),
        precision: Share,
        recall: Share,
      }),
      Type.Null(),
    ]),
  },
  { title: 'A simulated brand, and how far it is told' },
);
export type DemoProgress = Static<typeof DemoProgress>;

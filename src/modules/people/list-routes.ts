import Type from 'typebox';
import type { App } from '#platform/http';
import { byBrowserOrKey, problem } from '#platform/http';
import * as directory from './directory.ts';
import { asksForEvents, asksNothing, filterOf, fits, seenFilterOf } from './filter.ts';
import type { Listing } from './list.ts';
import { countPeople, listPeople, seenAmong } from './list.ts';
import { traitNames, traitValues } from './list-sql.ts';
import type { People } from './people.ts';
import {
  PeopleCountQuery,
  PeopleCountSchema,
  PeopleQuery,
  PersonSummarySchema,
  TraitNameSchema,
  TraitValuesSchema,
} from './schema.ts';
import { search } from './search.ts';

const tags = ['People'];
const errors = { '4xx': problem, '5xx': problem };
/** As many are found by a text at most, when a filter then looks at each. */
const mostFound = 1_000;

const mostTraits = 500;
/** Frequent values are counted among so many. */
const valuesAmong = 5_000;
const mostValues = 30;

/** The API about whom there is. */
export function listRoutes(app: App, people: People): void {
  const { pg, identity, rules } = people.inside;
  const may = identity.guard;

  async function listingOf(workspaceId: number, query: PeopleQuery): Promise<Listing> {
    const [settings, kinds] = await Promise.all([people.settings(workspaceId), rules(workspaceId)]);
    return {
      workspaceId,
      order: query.sort ?? 'newest',
      filter: filterOf(query),
      seen: seenFilterOf(query),
      rules: kinds,
      settings,
      inTx: (work) => pg.inWorkspace(workspaceId, work),
      behaviour: people.inside.behaviour(),
    };
  }

  /** Whom an identifier or a text means, all on one page. */
  async function found(list: Listing, query: PeopleQuery, limit: number): Promise<directory.StoredPerson[]> {
    const { workspaceId, filter, settings } = list;
    const hasEvents = asksForEvents(list.seen);
    const people = await list.inTx(async (tx) => {
      if (query.identifier !== undefined) {
        const row = await directory.findIdentifier(tx, workspaceId, query.identifier, list.rules);
        const one = row ? await directory.loadPeople(tx, workspaceId, [row.person_key]) : [];
        return one.filter((person) => fits(person, filter, settings));
      }
      const most = asksNothing(filter) && !hasEvents ? limit : mostFound;
      const keys = await search(tx, workspaceId, query.q ?? '', list.rules, most);
      const all = await directory.loadPeople(tx, workspaceId, keys);
      return all.filter((person) => fits(person, filter, settings));
    });
    return (hasEvents ? await seenAmong(list, people) : people).slice(0, limit);
  }

  app.get(
    '/api/people',
    {
      onRequest: may('people:read'),
      schema: {
        tags,
        operationId: 'listPeople',
        summary: 'Find people by an identifier, by search or by filters, or page through all',
        description:
          'A page may have fewer than `limit` and still a `next`: where few of many fit, as many are looked at as can be at once.',
        security: byBrowserOrKey,
        querystring: PeopleQuery,
        response: {
          200: Type.Object({
            items: Type.Array(PersonSummarySchema),
            next: Type.Union([Type.String(), Type.Null()]),
          }),
          ...errors,
        },
      },
    },
    async (request) => {
      const { query } = request;
      const { workspaceId } = request.principal;
      const limit = query.limit ?? 50;
      const list = await listingOf(workspaceId, query);
      const page =
        query.identifier !== undefined || query.q !== undefined
          ? { people: await found(list, query, limit), next: null }
          : await listPeople(list, query.cursor, limit);
      const wanted = (query.traits ?? '').split(',').filter(Boolean).slice(0, 20);
      const last = query.last_seen ? await people.lastSeen(workspaceId, page.people) : null;
      return {
        items: page.people.map((person) => {
          const seen = last?.get(person.person);
          return {
            ...directory.summaryOf(person, list.rules, wanted),
            ...(last ? { last_seen: seen === undefined ? null : new Date(seen).toISOString() } : {}),
          };
        }),
        next: page.next,
      };
    },
  );

  app.get(
    '/api/people/traits',
    {
      onRequest: may('people:read'),
      schema: {
        tags,
        operationId: 'listTraitNames',
        summary: 'The names of all traits that were ever told, with the types of their values',
        security: byBrowserOrKey,
        response: {
          200: Type.Object({
            items: Type.Array(TraitNameSchema),
          }),
          ...errors,
        },
      },
    },
    async (request) => {
      const { workspaceId } = request.principal;
      return { items: await pg.inWorkspace(workspaceId, (tx) => traitNames(tx, workspaceId, mostTraits)) };
    },
  );

  app.get(
    '/api/people/traits/values',
    {
      onRequest: may('people:read'),
      schema: {
        tags,
        operationId: 'listTraitValues',
        summary: 'The frequent values of a trait, among the people who were met last',
        security: byBrowserOrKey,
        querystring: Type.Object({
          name: Type.Optional(
            Type.String({ maxLength: 200, description: 'Of the trait; nothing without it' }),
          ),
        }),
        response: { 200: TraitValuesSchema, ...errors },
      },
    },
    async (request) => {
      const { workspaceId } = request.principal;
      const wanted = { name: request.query.name ?? '', among: valuesAmong, most: mostValues };
      return { items: await pg.inWorkspace(workspaceId, (tx) => traitValues(tx, workspaceId, wanted)) };
    },
  );

  app.get(
    '/api/people/count',
    {
      onRequest: may('people:read'),
      schema: {
        tags,
        operationId: 'countPeople',
        summary: 'How many people there are, or fit a filter; an estimate where counting would take long',
        security: byBrowserOrKey,
        querystring: PeopleCountQuery,
        response: { 200: PeopleCountSchema, ...errors },
      },
    },
    async (request) => countPeople(await listingOf(request.principal.workspaceId, request.query)),
  );
}

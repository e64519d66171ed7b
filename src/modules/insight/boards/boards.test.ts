import { afterAll, beforeAll, expect, test } from 'vitest';
import { boardRoutes } from '#modules/insight';
import { type TestProgram, testProgram } from '../../../../test/fixtures/program.ts';
import type { Board, BoardList } from './schema.ts';

let p: TestProgram;
beforeAll(async () => {
  p = await testProgram({ routes: (app, parts) => boardRoutes(app, parts) });
});
afterAll(() => p.drop());

const tile = { report: 'attribution', title: 'Who brings orders', search: { period: '90d', by: 'campaign' } };

test('a board is made, changed, listed and deleted; the audit list tells of it', async () => {
  const made = await p.ask<Board>('POST', '/api/boards', { title: 'Monday', tiles: [tile] });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({ title: 'Monday', tiles: [tile], version: 1 });
  const { id } = made.body;

  const two = [{ report: 'pulse', title: '', search: {} }, tile];
  const changed = await p.ask<Board>('PUT', `/api/boards/${id}`, {
    title: 'Tuesday',
    tiles: two,
    version: 1,
  });
  expect(changed.body).toMatchObject({ id, title: 'Tuesday', tiles: two, version: 2 });
  expect((await p.ask<Board>('GET', `/api/boards/${id}`)).body).toEqual(changed.body);
  expect((await p.ask<BoardList>('GET', '/api/boards')).body.items).toMatchObject([
    { id, title: 'Tuesday', tiles: 2 },
  ]);

  // Somebody else had read the first version.
  const late = await p.ask<{ type: string }>('PUT', `/api/boards/${id}`, {
    title: 'X',
    tiles: [],
    version: 1,
  });
  expect([late.status, late.body.type]).toEqual([409, 'insight/board-changed']);

  expect((await p.ask('DELETE', `/api/boards/${id}`)).status).toBe(204);
  for (const method of ['GET', 'DELETE'] as const)
    expect((await p.ask(method, `/api/boards/${id}`)).status).toBe(404);
  const { body } = await p.ask<{ items: { action: string; subject: string }[] }>('GET', '/api/audit');
  expect(body.items.filter(({ subject }) => subject === `board:${id}`).map(({ action }) => action)).toEqual([
    'boards.deleted',
    'boards.changed',
    'boards.created',
  ]);
});

test('no board of another brand is seen, changed or deleted', async () => {
  const { body } = await p.ask<Board>('POST', '/api/boards', { title: 'Ours', tiles: [tile] });
  const brand = await p.newBrand('Other');
  expect((await p.ask<BoardList>('GET', '/api/boards', undefined, brand.secretKey)).body.items).toEqual([]);
  const content = { title: 'Theirs', tiles: [], version: 1 };
  for (const [method, sent] of [
    ['GET', undefined],
    ['PUT', content],
    ['DELETE', undefined],
  ] as const)
    expect((await p.ask(method, `/api/boards/${body.id}`, sent, brand.secretKey)).status).toBe(404);
  expect((await p.ask<Board>('GET', `/api/boards/${body.id}`)).body.title).toBe('Ours');
});

test('what is no board is refused with its place', async () => {
  for (const wrong of [
    { title: ' ', tiles: [] },
    { title: 'x', tiles: [{ ...tile, report: '../x' }] },
    { title: 'x', tiles: Array.from({ length: 25 }, () => tile) },
  ])
    expect((await p.ask('POST', '/api/boards', wrong)).status).toBe(400);
});

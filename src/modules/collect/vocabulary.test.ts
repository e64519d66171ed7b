import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestProgram, testProgram } from '../../../test/fixtures/program.ts';
import { propertiesOf, type SeenProperty } from './vocabulary.ts';

const texts = (...documents: unknown[]) => documents.map((one) => JSON.stringify(one));
const find = (properties: SeenProperty[], ...path: string[]) =>
  properties.find((one) => one.path.join() === path.join());

describe('the properties of some events', () => {
  test('have their kinds of values and the frequent ones, the most frequent first', () => {
    const found = propertiesOf(
      texts(
        { category: 'tea', price: 4 },
        { category: 'pots' },
        { category: 'tea', price: '4.5', when: null },
      ),
    );
    expect(found).toEqual([
      {
        path: ['category'],
        in_products: false,
        types: ['text'],
        events: 3,
        values: [
          { value: 'tea', times: 2 },
          { value: 'pots', times: 1 },
        ],
      },
      expect.objectContaining({ path: ['price'], types: ['number', 'text'], events: 2 }),
    ]);
  });

  test('inside objects and inside products are told apart', () => {
    const found = propertiesOf(
      texts({ address: { city: 'Oslo' }, products: [{ sku: 'A1' }, { sku: 'B2', tags: ['new', 'red'] }] }),
    );
    expect(find(found, 'address', 'city')).toMatchObject({ in_products: false, types: ['text'], events: 1 });
    expect(find(found, 'sku')).toMatchObject({ in_products: true, events: 1 });
    expect(find(found, 'tags')).toMatchObject({
      types: ['list'],
      values: [
        { value: 'new', times: 1 },
        { value: 'red', times: 1 },
      ],
    });
    expect(find(found, 'products')).toBeUndefined();
  });

  test('that are different each time are no choices', () => {
    const found = propertiesOf(texts(...Array.from({ length: 100 }, (_, i) => ({ id: `m${i}`, n: i % 40 }))));
    expect(find(found, 'id')?.values).toEqual([]);
    expect(find(found, 'n')?.values).toHaveLength(30);
  });

  test('what is no object, and nothing, says nothing', () => {
    expect(propertiesOf(['', '[]', '3', '{}'])).toEqual([]);
  });
});

describe('asked for', () => {
  let p: TestProgram;
  beforeAll(async () => {
    p = await testProgram();
    await p.accept(
      { type: 'track', event: 'Seen', userId: 'u1', properties: { category: 'tea' } },
      { type: 'track', event: 'Seen', userId: 'u2', properties: { category: 'tea', size: 2 } },
      { type: 'track', event: 'Rare', userId: 'u2', properties: { category: 'pots' } },
      { type: 'page', name: 'Home', userId: 'u1', properties: { path: '/' } },
      { type: 'page', name: 'Shop', userId: 'u1', properties: { path: '/shop' } },
    );
    await p.settled();
  });
  afterAll(() => p.drop());

  test('events stand by how often they came, pages as one', async () => {
    const { body } = await p.ask('GET', '/api/events/seen');
    expect(body).toEqual({
      items: [
        { type: 'page', name: '', events: 2 },
        { type: 'track', name: 'Seen', events: 2 },
        { type: 'track', name: 'Rare', events: 1 },
      ],
    });
  });

  test('properties are those of the event that was asked for', async () => {
    const of = async (query: string) =>
      (await p.ask<{ events: number; items: SeenProperty[] }>('GET', `/api/events/seen/properties?${query}`))
        .body;
    const seen = await of('name=Seen');
    expect(seen.events).toBe(2);
    expect(seen.items.map((one) => one.path)).toEqual([['category'], ['size']]);
    expect(find(seen.items, 'category')?.values).toEqual([{ value: 'tea', times: 2 }]);
    expect(find((await of('type=page')).items, 'path')?.events).toBe(2);
    expect((await of('')).events).toBe(3);
    expect(await of('name=Never')).toEqual({ events: 0, items: [] });
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalize, parseIdentifier } from './identifier.ts';
import { keyOf, personId } from './person-id.ts';
import { rulesOf } from './rules.ts';
import { peopleDefaults } from './schema.ts';

const rules = rulesOf(
  {
    ...peopleDefaults,
    ownKinds: [{ name: 'crm_id', unique: true }],
    blocked: ['email:info@shop.example', 'phone:+4930999999', '*:kiosk', 'card:111222'],
  },
  'DE',
);

/** The normal form, or why there is none. */
function form(kind: string, value: unknown, country = 'DE'): string {
  const read = normalize({ kind, value }, { ...rules, country });
  return 'ignored' in read ? `! ${read.ignored.reason}` : read.value;
}

test('what is blocked is blocked however it was written', () => {
  const blocked = [
    'email: Front.Desk@Shop.Example ',
    'phone:030 123456',
    'card:99-88 77',
    '*:till',
    'nonsense',
  ];
  const own = rulesOf({ ...peopleDefaults, blocked }, 'DE');
  expect([...own.blocked]).toEqual([
    'email:front.desk@shop.example',
    'phone:+4930123456',
    'card:998877',
    '*:till',
    'nonsense',
  ]);
  expect(normalize({ kind: 'phone', value: '+49 30 123456' }, own)).toMatchObject({
    ignored: { reason: 'blocked' },
  });
});

describe('the normal form', () => {
  test.each<[unknown, string]>([
    ['ann@example.com', 'ann@example.com'],
    ['  Ann.Lee+tea@Example.COM\n', 'ann.lee+tea@example.com'],
    ["o'brien@example.ie", "o'brien@example.ie"],
    ['jürgen@müller.de', 'jürgen@müller.de'],
    ['用户@例子.公司', '用户@例子.公司'],
    ['a@b.co', 'a@b.co'],
    ['ann@mail.shop.example.com', 'ann@mail.shop.example.com'],
    ['ann', '! not-an-email'],
    ['ann@', '! not-an-email'],
    ['@example.com', '! not-an-email'],
    ['ann@localhost', '! not-an-email'],
    ['ann@example.', '! not-an-email'],
    ['ann@@example.com', '! not-an-email'],
    ['ann lee@example.com', '! not-an-email'],
    ['Ann <ann@example.com>', '! not-an-email'],
    ['ann@example.com, bob@example.com', '! not-an-email'],
    ['mailto:ann@example.com', '! not-an-email'],
    ['Test@Test.com', '! placeholder'],
    ['info@shop.example', '! blocked'],
    ['INFO@SHOP.EXAMPLE', '! blocked'],
    [7, '! not-an-email'],
  ])('of the e-mail %j is %j', (value, expected) => {
    expect(form('email', value)).toBe(expected);
  });

  test.each<[unknown, string, string]>([
    ['030 901820', 'DE', '+4930901820'],
    ['+49 30 901820', 'DE', '+4930901820'],
    ['0049-30-901820', 'DE', '+4930901820'],
    ['(030) 90 18 20', 'DE', '+4930901820'],
    ['+49 30 901820', 'US', '+4930901820'],
    ['(415) 555-2671', 'US', '+14155552671'],
    ['1-415-555-2671', 'US', '+14155552671'],
    ['020 7946 0958', 'GB', '+442079460958'],
    ['138 0013 8000', 'CN', '+8613800138000'],
    ['+86 138 0013 8000', 'DE', '+8613800138000'],
    [13800138000, 'CN', '+8613800138000'],
    ['tel:+49-30-901820', 'DE', '+4930901820'],
    ['12', 'DE', '! not-a-phone'],
    ['ann', 'DE', '! not-a-phone'],
    ['+', 'DE', '! placeholder'],
    ['000 0000', 'DE', '! placeholder'],
    ['+49 000000', 'DE', '! not-a-phone'],
    ['1111111111', 'US', '! not-a-phone'],
    ['030 999999', 'DE', '! blocked'],
  ])('of the phone %j in %s is %j', (value, country, expected) => {
    expect(form('phone', value, country)).toBe(expected);
  });

  test.each<[string, unknown, string]>([
    ['card', ' 1234-5678 90 ', '1234567890'],
    ['card', 1234567890, '1234567890'],
    ['card', '- -', '! placeholder'],
    ['card', '0000-0000', '! placeholder'],
    ['card', '111-222', '! blocked'],
    ['user_id', 'Ann', 'Ann'],
    ['user_id', 'ann', 'ann'],
    ['user_id', ' ann ', ' ann '],
    ['user_id', 7, '7'],
    ['user_id', -7, '-7'],
    ['user_id', 'kiosk', '! blocked'],
    ['anonymous_id', 'kiosk', '! blocked'],
    ['crm_id', 'C-7', 'C-7'],
    ['wechat_unionid', 'oX_9-a', 'oX_9-a'],
    ['anonymous_id', '3b8e9c1a-0f55-4b1e-9f0a-6d1f1c0e8a11', '3b8e9c1a-0f55-4b1e-9f0a-6d1f1c0e8a11'],
    ['user_id', 'x'.repeat(512), 'x'.repeat(512)],
    ['user_id', 'x'.repeat(513), '! too-long'],
    ['user_id', 'a\0b', '! not-text'],
    ['user_id', 'a\ud800', '! not-text'],
    ['loyalty', '7', '! unknown-kind'],
    ['constructor', '7', '! unknown-kind'],
  ])('of the %s %j is %j', (kind, value, expected) => {
    expect(form(kind, value)).toBe(expected);
  });

  test('is a normal form: read again, it stays', () => {
    const kinds = [...rules.kinds.keys()];
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.oneof(
          fc.string({ unit: 'grapheme', maxLength: 40 }),
          fc.emailAddress(),
          fc.stringMatching(/^\+?[0-9 ()-]{3,15}$/),
        ),
        (kind, value) => {
          const read = normalize({ kind, value }, rules);
          if ('ignored' in read) expect(read.ignored).toMatchObject({ kind, value });
          else expect(normalize({ kind, value: read.value }, rules)).toEqual(read);
        },
      ),
    );
  });
});

test.each<[unknown, string]>([
  ['', 'empty'],
  [' \t\n\u00a0', 'empty'],
  [null, 'empty'],
  [undefined, 'empty'],
  ['null', 'placeholder'],
  ['NULL', 'placeholder'],
  ['undefined', 'placeholder'],
  ['Unknown', 'placeholder'],
  ['n/a', 'placeholder'],
  ['[object Object]', 'placeholder'],
  ['0', 'placeholder'],
  ['000-000', 'placeholder'],
  ['00000000-0000-0000-0000-000000000000', 'placeholder'],
  [0, 'placeholder'],
  [-1, 'placeholder'],
  [Number.NaN, 'placeholder'],
  [true, 'not-text'],
  [{}, 'not-text'],
  [[], 'not-text'],
  [['ann'], 'not-text'],
])('%j identifies nobody (%s), of whatever kind', (value, reason) => {
  for (const kind of rules.kinds.keys()) expect(form(kind, value)).toBe(`! ${reason}`);
});

test('kinds have an order: own ones between cards and the rest; a built-in kind cannot be an own one', () => {
  const made = rulesOf(
    {
      ...peopleDefaults,
      ownKinds: [
        { name: 'email', unique: true },
        { name: 'crm_id', unique: false },
      ],
      limits: { crm_id: 3 },
    },
    'DE',
  );
  expect([...made.kinds.keys()]).toEqual([
    'user_id',
    'card',
    'crm_id',
    'wechat_unionid',
    'wechat_openid',
    'email',
    'phone',
    'device_id',
    'anonymous_id',
  ]);
  expect(made.kinds.get('email')?.unique).toBe(false);
  expect(made.kinds.get('crm_id')).toEqual({ name: 'crm_id', rank: 2, unique: false, limit: 3 });
});

test.each([
  ['email:ann@example.com', { kind: 'email', value: 'ann@example.com' }],
  ['user_id:a:b', { kind: 'user_id', value: 'a:b' }],
  ['user_id:', { kind: 'user_id', value: '' }],
  ['ann', null],
  [':ann', null],
])('%s is written as an identifier: %j', (text, expected) => {
  expect(parseIdentifier(text)).toEqual(expected);
});

describe('a person’s id', () => {
  const moment = fc.date({
    min: new Date(Date.UTC(2020, 0, 1)),
    max: new Date(Date.UTC(2200, 0, 1)),
    noInvalidDate: true,
  });
  const key = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });

  test('is a UUID of version 7, and gives back what it is made of', () => {
    fc.assert(
      fc.property(moment, key, (createdAt, of) => {
        const id = personId(createdAt, of);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(keyOf(id)).toEqual({ key: of, createdAtMs: createdAt.getTime() });
        expect(keyOf(id.toUpperCase())).toEqual(keyOf(id));
      }),
    );
  });

  test('with one character changed is none, or has little to do with it', () => {
    fc.assert(
      fc.property(
        moment,
        key,
        fc.nat(35),
        fc.constantFrom(...'0123456789abcdef'),
        (createdAt, of, at, character) => {
          const id = personId(createdAt, of);
          const changed = id.slice(0, at) + character + id.slice(at + 1);
          const read = keyOf(changed);
          if (changed !== id && read) expect(read).not.toEqual({ key: of, createdAtMs: createdAt.getTime() });
        },
      ),
    );
  });

  test.each(['', 'ann', '0', '01a20030-5f0c-424a-8000-001000000001', '../people', '%00'])(
    '%j is none',
    (text) => {
      expect(keyOf(text)).toBe(null);
    },
  );
});

import { expect, test } from 'vitest';
import { nameIn } from './name.ts';

const named = (traits: Record<string, string>) => nameIn((name) => traits[name]);

test.each<[Record<string, string>, string | null]>([
  [{ firstName: 'Ann', lastName: 'Birch' }, 'Ann Birch'],
  [{ first_name: 'Ann', last_name: 'Birch' }, 'Ann Birch'],
  [{ firstName: '芳', lastName: '赵' }, '赵芳'],
  [{ first_name: '静怡', last_name: '欧阳' }, '欧阳静怡'],
  [{ firstName: '阿卜杜拉', lastName: '买买提·艾力' }, '买买提·艾力阿卜杜拉'],
  // One of them in Latin letters: as in English.
  [{ firstName: 'Fang', lastName: '赵' }, 'Fang 赵'],
  [{ firstName: '芳', lastName: 'Smith' }, '芳 Smith'],
  // Japanese and Korean names are left as they would be in English.
  [{ firstName: 'はなこ', lastName: 'さとう' }, 'はなこ さとう'],
  [{ lastName: '赵' }, '赵'],
  [{ firstName: '芳' }, '芳'],
  // What somebody calls themselves is theirs.
  [{ name: '芳 赵', firstName: '芳', lastName: '赵' }, '芳 赵'],
  [{}, null],
])('%j is called %s', (traits, name) => {
  expect(named(traits)).toBe(name);
});

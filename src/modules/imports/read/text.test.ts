import iconv from 'iconv-lite';
import { describe, expect, test } from 'vitest';
import { decodeText, guessEncoding } from './text.ts';

async function decode(bytes: Buffer, pieceBytes: number, encoding?: string): Promise<string> {
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  }
  let text = '';
  for await (const piece of decodeText(chunks(), { encoding })) text += piece;
  return text;
}

const plain = 'order,name,total\n'.repeat(50);
const samples: [name: string, text: string, encoding: string, mark?: string][] = [
  ['UTF-8', `${plain}1,Zoë,12.50\n`, 'utf-8'],
  ['UTF-8 with a mark', '订单号,客户\n1001,张三\n', 'utf-8', '\uFEFF'],
  ['UTF-16 little endian with a mark', 'order,客户\n1001,张三\n', 'utf-16le', '\uFEFF'],
  ['UTF-16 big endian with a mark', 'order,客户\n1001,张三\n', 'utf-16be', '\uFEFF'],
  ['UTF-16 without a mark', 'order,name\n1001,Zoë\n', 'utf-16le'],
  ['GB18030, a whole table', '订单号,客户,金额\n1001,张三,12.50\n1002,李小明,8.00\n', 'gb18030'],
  ['GB18030, two characters behind much ASCII', `${plain}1,张三,9\n`, 'gb18030'],
  ['GB18030 with a rare character', `${plain}1,李小明𠀀,9\n2,王芳,8\n`, 'gb18030'],
  ['Windows-1252', `${plain}1,José — “x” €5,1\n2,Müller,2\n3,François,3\n`, 'windows-1252'],
  ['Latin-1, one letter', `${plain}1,Café,1\n`, 'windows-1252'],
  ['Shift JIS', '注文,名前\n1,山田太郎\n2,さとう\n', 'shift_jis'],
];

describe('the encoding is found', () => {
  test.each(samples)('%s', async (_name, text, encoding, mark = '') => {
    const bytes = iconv.encode(mark + text, encoding);
    for (const pieceBytes of [bytes.length, 7, 1]) expect(await decode(bytes, pieceBytes)).toBe(text);
    expect(await decode(bytes, 64, encoding)).toBe(text);
  });
});

test('what has zero bytes and is no UTF-16 is refused', () => {
  expect(() => guessEncoding(Buffer.from([1, 0, 0, 0, 5, 200, 0, 9, 0, 0]))).toThrow(/not a text file/);
});

test('an encoding that nobody knows is refused with what may be written', async () => {
  await expect(decode(Buffer.from('x'), 1, 'klingon')).rejects.toThrow(/not known/);
});

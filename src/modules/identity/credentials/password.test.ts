import { expect, test } from 'vitest';
import { checkPassword, createPasswords } from './password.ts';

test('a hash proves its own password and no other, and is another each time', async () => {
  const passwords = createPasswords();
  const hash = await passwords.hash('a quite long pass phrase');
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  expect(await passwords.hash('a quite long pass phrase')).not.toBe(hash);
  expect(await passwords.verify('a quite long pass phrase', hash)).toBe(true);
  expect(await passwords.verify('A quite long pass phrase', hash)).toBe(false);
});

test('agrees with the reference implementation (argon2-cffi, PHC form, a smaller cost)', async () => {
  // From the test vectors of phc-winner-argon2: version 19, t=2, m=256 KiB, p=1, salt "somesalt".
  const hash = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4';
  expect(await createPasswords().verify('password', hash)).toBe(true);
});

test('the same letters typed on another keyboard are the same password', async () => {
  const passwords = createPasswords();
  const hash = await passwords.hash('caf\u00e9 und Stra\u00dfe');
  expect(await passwords.verify('cafe\u0301 und Stra\u00dfe', hash)).toBe(true);
});

test('an unknown account is verified like a known one, and waits in the same line, which has an end', async () => {
  const passwords = createPasswords();
  const outcomes = await Promise.allSettled(
    Array.from({ length: 40 }, () => passwords.verify('whatever it is', undefined)),
  );
  const refused = outcomes.filter((o) => o.status === 'rejected');
  expect(refused).toHaveLength(8);
  expect(refused[0]?.reason).toMatchObject({ status: 429, retryAfterS: 3 });
  expect(outcomes.filter((o) => o.status === 'fulfilled').map((o) => o.value)).toEqual(Array(32).fill(false));
  // The line is empty again.
  expect(await passwords.verify('whatever it is', undefined)).toBe(false);
});

test.each([
  { password: 'ninechars', ok: false },
  { password: 'ten characters it has', ok: true },
  { password: '\u{1f332}'.repeat(9), ok: false },
  { password: 'abababababab', ok: false },
  { password: 'ann@example.com', ok: false },
  { password: 'Ann@Example.com', ok: false },
  { password: '一二三四五六七八九十', ok: true },
])('$password may be a password: $ok', ({ password, ok }) => {
  const check = () => checkPassword(password, 'ann@example.com');
  if (ok) expect(check).not.toThrow();
  else expect(check).toThrow(/password/);
});

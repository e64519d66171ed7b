import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { refuse } from '../refusal.ts';

/** OWASP's first choice for argon2id (Password Storage Cheat Sheet): 19 MiB, two passes, one lane. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const MIN_CHARACTERS = 10;

// Hashing shares four threads with gzip and the file system, so that a flood of sign-ins must not take them all.
const AT_ONCE = 2;
const IN_LINE = 30;

export interface Passwords {
  /** In PHC form, `$argon2id$v=19$m=...`. */
  hash(password: string): Promise<string>;
  /** Takes as long without a hash as with one, so that nobody learns which accounts exist. */
  verify(password: string, hash: string | undefined): Promise<boolean>;
}

export function createPasswords(): Passwords {
  const waiting: (() => void)[] = [];
  let running = 0;

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= AT_ONCE) {
      if (waiting.length >= IN_LINE) {
        throw refuse(
          'too-many-attempts',
          'Too many people are signing in at this moment; try again shortly.',
          {
            retryAfterS: 3,
          },
        );
      }
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running += 1;
    }
    try {
      return await work();
    } finally {
      // The place is handed on, so that nobody slips in between.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  }

  return {
    async hash(password) {
      const salt = randomBytes(SALT_BYTES);
      const digest = await inTurn(() => derive(password, salt, COST));
      const cost = `m=${COST.memory},t=${COST.passes},p=${COST.parallelism}`;
      return `$argon2id$v=19$${cost}$${phcBase64(salt)}$${phcBase64(digest)}`;
    },
    async verify(password, hash) {
      const { salt, digest, cost } = hash === undefined ? nobody() : parse(hash);
      const derived = await inTurn(() => derive(password, salt, cost));
      return timingSafeEqual(derived, digest) && hash !== undefined;
    },
  };
}

const argon2id = promisify((parameters: Argon2Parameters, done: (error: Error | null, key: Buffer) => void) =>
  argon2('argon2id', parameters, done),
);

function derive(
  password: string,
  salt: Buffer,
  cost: { memory: number; passes: number; parallelism: number },
): Promise<Buffer> {
  // NFKC, because the same accented letter is typed differently on different keyboards.
  return argon2id({ message: password.normalize('NFKC'), nonce: salt, tagLength: HASH_BYTES, ...cost });
}

function nobody() {
  return { salt: randomBytes(SALT_BYTES), digest: randomBytes(HASH_BYTES), cost: COST };
}

function parse(hash: string) {
  const [, memory, passes, parallelism, salt, digest] =
    /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(hash) ?? [];
  if (!salt || !digest) throw new Error('A stored password hash is not in PHC form.');
  return {
    salt: Buffer.from(salt, 'base64'),
    digest: Buffer.from(digest, 'base64'),
    cost: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
  };
}

function phcBase64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

/** Length does more than rules about signs; what is plainly the account's own name or one sign repeated does nothing. */
export function checkPassword(password: string, email: string): void {
  const length = [...password].length;
  if (length < MIN_CHARACTERS) {
    throw refuse(
      'password-too-weak',
      `The password has ${length} characters and needs at least ${MIN_CHARACTERS}; a few words in a row do well.`,
    );
  }
  const lower = password.toLowerCase();
  if (new Set(lower).size < 4 || lower === email || lower === email.split('@')[0]) {
    throw refuse(
      'password-too-weak',
      'The password is one that is guessed first; a few words in a row do better.',
    );
  }
}

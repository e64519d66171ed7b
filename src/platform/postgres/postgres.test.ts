import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#platform/clock';
import { createLog } from '#platform/log';
import { Refusal, Unavailable } from '#platform/refusal';
import { testPostgres } from '../../../test/fixtures/postgres.ts';
import { openPostgres, type Postgres, type Tx } from './index.ts';

const log = createLog({ level: 'silent', pretty: false });
let database: Awaited<ReturnType<typeof testPostgres>>;
let pg: Postgres;

beforeAll(async () => {
  database = await testPostgres();
  pg = database.pg;
  await pg.asSystem((tx) =>
    tx.query(
      'create table things (workspace_id int not null, id bigserial, name text, primary key (workspace_id, id))',
    ),
  );
  await pg.asSystem((tx) => tx.query("select pando.protect('things')"));
});
afterAll(() => database.drop());

const insertThing = (tx: Tx, name: string) =>
  tx.query('insert into things (workspace_id, name) values ($1, $2)', [tx.workspaceId, name], 'insert_thing');
const namesSeen = async (tx: Tx) =>
  (await tx.query<{ name: string }>('select name from things order by id', [], 'names')).map((r) => r.name);

describe('workspaces', () => {
  beforeAll(async () => {
    await pg.inWorkspace(1, (tx) => insertThing(tx, 'of one'));
    await pg.inWorkspace(2, (tx) => insertThing(tx, 'of two'));
  });

  test('see what is theirs; the system sees all', async () => {
    expect(await pg.inWorkspace(1, namesSeen)).toEqual(['of one']);
    expect(await pg.inWorkspace(2, namesSeen)).toEqual(['of two']);
    expect(await pg.inWorkspace(3, namesSeen)).toEqual([]);
    expect(await pg.asSystem(namesSeen)).toEqual(['of one', 'of two']);
  });

  test('cannot write, change or take what is of another', async () => {
    const inOne = (statement: string) => pg.inWorkspace(1, (tx) => tx.query(`${statement} returning *`));
    await expect(inOne("insert into things (workspace_id, name) values (2, 'x')")).rejects.toThrow(
      'row-level security',
    );
    await expect(inOne('update things set workspace_id = 2')).rejects.toThrow('row-level security');
    expect(await inOne("update things set name = 'x' where workspace_id = 2")).toEqual([]);
    expect(await inOne('delete from things where workspace_id = 2')).toEqual([]);
    expect(await pg.asSystem(namesSeen)).toEqual(['of one', 'of two']);
  });

  test('have no rights on what is not protected, nor on the rules themselves', async () => {
    for (const statement of [
      'select * from pando.migrations',
      'alter table things disable row level security',
      'create table pando.mine (id int)',
      "select pando.protect('things')",
    ]) {
      await expect(pg.inWorkspace(1, (tx) => tx.query(statement))).rejects.toThrow(
        /permission denied|must be owner/,
      );
    }
  });

  test('leave nothing behind on the connection', async () => {
    const one = await openPostgres({ url: pg.url, log, clock: systemClock, poolSize: 1 });
    await one.inWorkspace(1, namesSeen);
    const { rows } = await one.raw.query(
      "select current_user = session_user as owner, current_setting('pando.workspace', true) as workspace",
    );
    expect(rows).toEqual([{ owner: true, workspace: '' }]);
    // Without a workspace the role sees nothing, and no error tells it more.
    await one.raw.query('begin; set local role pando_app');
    expect((await one.raw.query('select * from things')).rows).toEqual([]);
    await one.raw.query('rollback');
    await one.close();
  });

  test('are positive whole numbers', async () => {
    for (const id of [0, -1, 1.5, Number.NaN, 2 ** 31, '1; drop table things' as unknown as number]) {
      await expect(pg.inWorkspace(id, namesSeen)).rejects.toThrow('positive integer');
    }
  });

  test('own tables whose first column is their id', async () => {
    for (const columns of [
      'id int',
      'id int, workspace_id int not null',
      'workspace_id int',
      'workspace_id text not null',
    ]) {
      const making = pg.asSystem(async (tx) => {
        await tx.query(`create table wrong (${columns})`);
        await tx.query("select pando.protect('wrong')");
      });
      await expect(making).rejects.toThrow('must be: workspace_id int not null');
    }
  });
});

describe('a transaction', () => {
  test('is undone when the work throws', async () => {
    const failing = pg.inWorkspace(4, async (tx) => {
      await insertThing(tx, 'never');
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await pg.inWorkspace(4, namesSeen)).toEqual([]);
  });

  test('does not pretend to have committed when the error of a statement was swallowed', async () => {
    const swallowing = pg.inWorkspace(4, async (tx) => {
      await insertThing(tx, 'never');
      await tx.query('select 1 / 0').catch(() => {});
    });
    await expect(swallowing).rejects.toThrow('Nothing was committed');
    expect(await pg.inWorkspace(4, namesSeen)).toEqual([]);
  });

  test('takes no statement after its end, where it would run in another workspace', async () => {
    let escaped: Tx | undefined;
    await pg.inWorkspace(4, async (tx) => {
      escaped = tx;
    });
    await expect(escaped?.query('select 1')).rejects.toThrow('after the end of its transaction');
  });

  test('runs statements that were started at once one after the other', async () => {
    const numbers = await pg.inWorkspace(4, (tx) =>
      Promise.all(
        [1, 2, 3].map(async (n) => (await tx.query<{ n: number }>('select $1::int as n', [n]))[0]?.n),
      ),
    );
    expect(numbers).toEqual([1, 2, 3]);
  });

  test('says when it was committed, and not when it was not', async () => {
    const said: string[] = [];
    await pg.inWorkspace(4, async (tx) => {
      tx.afterCommit(() => said.push('committed'));
      expect(said).toEqual([]);
    });
    await pg
      .inWorkspace(4, async (tx) => {
        tx.afterCommit(() => said.push('undone'));
        throw new Error('changed my mind');
      })
      .catch(() => {});
    expect(said).toEqual(['committed']);
  });

  test('that loses against another one is repeated, and both take effect', async () => {
    await pg.inWorkspace(5, async (tx) => {
      await insertThing(tx, 'a');
      await insertThing(tx, 'b');
    });
    let waiting = 0;
    // Each changes one row, waits until the other has changed its own, and wants that one: a deadlock.
    const change = (first: string, second: string) => {
      let tries = 0;
      return pg.inWorkspace(5, async (tx) => {
        tries++;
        await tx.query("update things set name = name || '!' where name like $1", [`${first}%`]);
        if (tries === 1) waiting++;
        while (waiting < 2) await systemClock.sleep(5);
        await tx.query("update things set name = name || '!' where name like $1", [`${second}%`]);
        return tries;
      });
    };
    const tries = await Promise.all([change('a', 'b'), change('b', 'a')]);
    expect(tries.sort()).toEqual([1, 2]);
    expect((await pg.inWorkspace(5, namesSeen)).sort()).toEqual(['a!!', 'b!!']);
  });
});

test('columns arrive as what they are', async () => {
  const [row] = await pg.asSystem((tx) =>
    tx.query(`select 9007199254740991::int8 as whole, array[1, null, 3]::int8[] as wholes, 0.10::numeric as decimal,
      date '2026-02-28' as day, array[date '2026-02-28'] as days, timestamptz '2026-02-28 01:02:03.004+01' as moment,
      '{"a": [1, null]}'::jsonb as document, array['a', null]::text[] as texts, true as yes, 1.5::float8 as float`),
  );
  expect(row).toEqual({
    whole: 9007199254740991,
    wholes: [1, null, 3],
    decimal: '0.10',
    day: '2026-02-28',
    days: ['2026-02-28'],
    moment: new Date('2026-02-28T00:02:03.004Z'),
    document: { a: [1, null] },
    texts: ['a', null],
    yes: true,
    float: 1.5,
  });
  await expect(pg.asSystem((tx) => tx.query('select 9007199254740993::int8'))).rejects.toThrow(
    'cast the column',
  );
});

describe('trouble', () => {
  test('a server that cannot be reached is Unavailable', async () => {
    const opening = openPostgres({ url: 'postgres://nobody:x@127.0.0.1:1/none', log, clock: systemClock });
    await expect(opening).rejects.toBeInstanceOf(Unavailable);
  });

  test('a wrong user or database is refused, with what to do', async () => {
    const opening = (change: (url: URL) => void) => {
      const url = new URL(pg.url);
      change(url);
      return openPostgres({ url: url.href, log, clock: systemClock });
    };
    await expect(
      opening((url) => {
        url.pathname = '/not_there';
      }),
    ).rejects.toMatchObject({ type: 'postgres/no-database', detail: expect.stringContaining('Create it') });
    const wrongUser = opening((url) => {
      url.username = 'not_there';
      url.password = 'wrong';
    });
    await expect(wrongUser).rejects.toBeInstanceOf(Refusal);
    await expect(wrongUser).rejects.not.toThrow('wrong');
  });

  test('a statement that takes too long is Unavailable, and the next one runs', async () => {
    const slow = pg.inWorkspace(4, (tx) => tx.query('select pg_sleep(10)'), { timeoutMs: 50 });
    await expect(slow).rejects.toBeInstanceOf(Unavailable);
    await expect(slow).rejects.toThrow('took too long');
    expect(await pg.inWorkspace(4, namesSeen)).toEqual([]);
  });

  test('a connection that is cut in the middle is Unavailable, and the next one works', async () => {
    const cutOff = pg.inWorkspace(4, async (tx) => {
      const [me] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
      await pg.raw.query('select pg_terminate_backend($1)', [me?.pid]);
      await systemClock.sleep(50);
      await tx.query('select 1');
    });
    await expect(cutOff).rejects.toBeInstanceOf(Unavailable);
    expect(await pg.inWorkspace(4, namesSeen)).toEqual([]);
    expect(pg.status().up).toBe(true);
  });

  test('an error of the work is handed on as it was, also when it looks like one of a connection', async () => {
    const ofAnotherEngine = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    await expect(
      pg.inWorkspace(4, async () => {
        throw ofAnotherEngine;
      }),
    ).rejects.toBe(ofAnotherEngine);
    expect(pg.status().up).toBe(true);
  });

  test('a broken rule of a table keeps its code, for those who expect it', async () => {
    await pg.asSystem((tx) => tx.query('create unique index on things (workspace_id, name)'));
    const twice = pg.inWorkspace(6, async (tx) => {
      await insertThing(tx, 'same');
      await insertThing(tx, 'same');
    });
    await expect(twice).rejects.toMatchObject({ code: '23505' });
  });
});

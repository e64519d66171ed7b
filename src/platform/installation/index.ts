import { secret } from '#platform/ids';
import type { Postgres } from '#platform/postgres';

/** A random text of this installation under this name: made when it is first asked for, the same ever after. */
export function installationSecret(pg: Postgres, name: string): Promise<string> {
  return pg.asSystem(async (tx) => {
    // Two processes may ask at once for the first time; the one that comes second reads what the first has made.
    await tx.query(
      'insert into installation_secrets (name, value) values ($1, $2) on conflict (name) do nothing',
      [name, secret('', 32)],
    );
    const [row] = await tx.query<{ value: string }>(
      'select value from installation_secrets where name = $1',
      [name],
    );
    if (!row) throw new Error(`The secret ${name} was not there after it had been made.`);
    return row.value;
  });
}

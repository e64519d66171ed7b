import { readFileSync, rmSync } from 'node:fs';
import { setPriority } from 'node:os';
import { type Credentials, type EngineOptions, paths } from './config.ts';
import { Engine } from './engine.ts';
import { lockFolder } from './lock.ts';
import { createEngineServer } from './server.ts';

/** The child process: chDB behind ClickHouse's HTTP interface. Started by embedded.ts, lives as long as its parent. */

export type FromEngine = { is: 'ready'; version: string } | { is: 'failed'; why: string; portTaken: boolean };

const options: EngineOptions = JSON.parse(process.argv[2] ?? '{}');
const at = paths(options.folder);
/** As with `nice`: a tenth of a core that somebody else wants too, all of one that nobody wants. */
const politeness = 10;

// What was acknowledged is on disk: going at once loses nothing, and leaves the folder to the next one.
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// A Ctrl-C reaches every process of the terminal; the parent decides when we end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

// Its merges and long questions give way to whoever answers requests beside it. Threads to come inherit this.
setPriority(politeness);

try {
  await lockFolder(at.lock, options.folder);
  const engine = await Engine.open(options);
  const credentials: Credentials = JSON.parse(readFileSync(at.credentials, 'utf8'));
  const server = createEngineServer(engine, credentials, () => process.exit(1));
  await server.listen(credentials.port);
  process.once('message', async () => {
    await server.stop(8_000);
    engine.close();
    rmSync(at.lock, { force: true });
    process.exit(0);
  });
  tell({ is: 'ready', version: engine.version });
} catch (error) {
  const why = error instanceof Error ? error.message : String(error);
  tell({ is: 'failed', why, portTaken: /EADDRINUSE/.test(why) }, () => process.exit(1));
}

function tell(message: FromEngine, done: () => void = () => undefined): void {
  process.send?.(message, done);
}

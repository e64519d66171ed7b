import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock, systemClock } from '#platform/clock';
import { holdHome, isHeld, readRunning, waitForHome } from './home.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'pando-home-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

test('one program at a time: the second is told who is there, and gets in when the first has left', () => {
  const first = holdHome(home);
  first.announce('http://127.0.0.1:4680');
  expect(readRunning(home)).toEqual({ pid: process.pid, url: 'http://127.0.0.1:4680' });
  expect(statSync(join(home, 'run.json')).mode & 0o077).toBe(0);
  expect(isHeld(home)).toBe(true);
  expect(() => holdHome(home)).toThrow(
    `Another Pando (process ${process.pid}, http://127.0.0.1:4680) is running on ${home}. Stop it first`,
  );
  first.release();
  expect(readRunning(home)).toBeUndefined();
  expect(isHeld(home)).toBe(false);
  holdHome(home).release();
});

test('a program that is just stopping is waited for; one that answers is not', async () => {
  const stopping = holdHome(home);
  stopping.announce('http://127.0.0.1:1');
  const waiting = waitForHome(home, systemClock);
  await systemClock.sleep(300);
  stopping.release();
  (await waiting).release();

  const server = createServer((_request, response) => response.end('{}')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const running = holdHome(home);
  running.announce(`http://127.0.0.1:${port}`);
  await expect(waitForHome(home, manualClock(0))).rejects.toThrow(/is running on/);
  running.release();
  server.close();
});

test('a home that is not there yet is made', () => {
  const deep = join(home, 'a', 'b');
  holdHome(deep).release();
  expect(existsSync(deep)).toBe(true);
});

test('whoever is killed holds nothing any more, though its note is still there', async () => {
  const script = `const { holdHome } = await import(${JSON.stringify(join(import.meta.dirname, 'home.ts'))});
    holdHome(${JSON.stringify(home)}).announce('http://127.0.0.1:1'); console.log('held'); setInterval(() => {}, 1000);`;
  const other = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(other.stdout, 'data');
  expect(isHeld(home)).toBe(true);
  other.kill('SIGKILL');
  await once(other, 'exit');
  expect(isHeld(home)).toBe(false);
  expect(readRunning(home)?.url).toBe('http://127.0.0.1:1');
  holdHome(home).release();
});

// Not even root can make a file there.
test.runIf(process.platform === 'linux')('a home that cannot be written to is told as such', () => {
  expect(() => holdHome('/proc')).toThrow(/cannot be written/);
});

test('a file in the place of the home is told as such', () => {
  const holder = holdHome(home);
  expect(() => holdHome(join(home, 'lock'))).toThrow(/cannot be made/);
  holder.release();
});

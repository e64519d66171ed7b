import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, readConfig } from '#platform/config';
import { createLog } from '#platform/log';
import { Refusal, Unavailable } from '#platform/refusal';
import { compose, localUrl, type Pando } from './compose.ts';
import { isHeld, readRunning } from './home.ts';

export interface Question {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** The slug that the request is for; what concerns no workspace has none. */
  workspace?: string;
  /** Sent as JSON, or as it is when it is a form, bytes or a stream. */
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** The program's API as the command line of its own machine sees it, wherever the program runs. */
export interface Door {
  readonly url: string;
  /** The program itself, when it runs in this process because there was none. */
  readonly pando?: Pando;
  /** The answer, whatever its status. */
  fetch(path: string, question?: Question): Promise<Response>;
  /** The parsed answer; throws the problem as a Refusal when it is one. */
  ask<T>(path: string, question?: Question): Promise<T>;
  /** Stops the program when it was started for this door. */
  close(): Promise<void>;
}

/** Opens the running program of this home, or starts one in this process for as long as the door is open. */
export async function openDoor(config: Config): Promise<Door> {
  const running = readRunning(config.home);
  if (running && isHeld(config.home)) return doorTo(running.url, readToken(config.home), {});

  const log = createLog({ level: config.logLevel === 'info' ? 'warn' : config.logLevel, pretty: true });
  // Out of the way of everybody; links that it gives out lead to where Pando usually runs.
  const publicUrl = config.publicUrl ?? localUrl(config);
  const alone: Config = { ...config, publicUrl, port: 0, host: '127.0.0.1', demo: false };
  const pando = await compose(alone, { log });
  try {
    return doorTo(await pando.listen(), readToken(config.home), { pando, close: () => pando.close() });
  } catch (error) {
    await pando.close();
    throw error;
  }
}

/** What most commands do: open the door, work, and close it however the work ended. */
export async function withDoor<T>(work: (door: Door) => Promise<T>, config = readConfig()): Promise<T> {
  const door = await openDoor(config);
  try {
    return await work(door);
  } finally {
    await door.close();
  }
}

function readToken(home: string): string {
  return readFileSync(join(home, 'cli-token'), 'utf8').trim();
}

function doorTo(url: string, token: string, o: { pando?: Pando; close?: () => Promise<void> }): Door {
  async function ask(
    path: string,
    { method, workspace, body, headers, signal }: Question = {},
  ): Promise<Response> {
    const isJson = body !== undefined && !isSentAsItIs(body);
    const init: RequestInit & { duplex?: 'half' } = {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        authorization: `Bearer ${token}`,
        ...(workspace ? { 'pando-workspace': workspace } : {}),
        ...(isJson ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: (isJson ? JSON.stringify(body) : body) as RequestInit['body'] & {}, duplex: 'half' }),
      ...(signal ? { signal } : {}),
    };
    try {
      return await fetch(url + path, init);
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new Unavailable(`The Pando at ${url} does not answer. Is it stopping?`, { cause: error });
    }
  }
  return {
    url,
    ...(o.pando ? { pando: o.pando } : {}),
    fetch: ask,
    async ask<T>(path: string, question?: Question): Promise<T> {
      const answer = await ask(path, question);
      const text = await answer.text();
      if (!answer.ok) throw asRefusal(answer.status, text);
      return (text === '' ? undefined : JSON.parse(text)) as T;
    },
    close: o.close ?? (async () => {}),
  };
}

function isSentAsItIs(body: unknown): boolean {
  return (
    body instanceof FormData ||
    body instanceof Uint8Array ||
    body instanceof ReadableStream ||
    body instanceof Blob
  );
}

/** The refusal that the program answered with, as if it had been thrown here. */
function asRefusal(status: number, text: string): Refusal {
  try {
    const { type, title, detail, ...more } = JSON.parse(text) as Record<string, unknown>;
    return new Refusal({ type: String(type), status, title: String(title), detail: String(detail), more });
  } catch {
    return new Refusal({ type: 'about:blank', status, title: 'Failed', detail: `The answer was ${status}.` });
  }
}

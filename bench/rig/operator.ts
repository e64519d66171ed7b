import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { clickHouseOf, type Program } from './program.ts';

/** What whoever has the machine may do with the program that runs on a home, in one workspace. */
export interface Operator {
  readonly workspace: string;
  get<T>(path: string): Promise<T>;
  /** The answer with its status, whatever it is. */
  post<T>(path: string, body: unknown): Promise<{ status: number; body: T }>;
  /** Rows that ClickHouse answers with, as JSON. */
  events<R>(query: string): Promise<R[]>;
}

export function operatorOf(program: Program, workspace: string): Operator {
  const ask = (path: string, init: RequestInit = {}) => {
    const token = readFileSync(join(program.home, 'cli-token'), 'utf8').trim();
    const headers = { authorization: `Bearer ${token}`, 'pando-workspace': workspace };
    return fetch(program.url + path, { ...init, headers: { ...headers, ...init.headers } });
  };
  return {
    workspace,
    async get<T>(path: string) {
      const answer = await ask(path);
      if (!answer.ok) throw new Error(`GET ${path} answered ${answer.status}: ${await answer.text()}`);
      return (await answer.json()) as T;
    },
    async post<T>(path: string, body: unknown) {
      const headers = { 'content-type': 'application/json' };
      const answer = await ask(path, { method: 'POST', headers, body: JSON.stringify(body) });
      const text = await answer.text();
      return { status: answer.status, body: (text === '' ? undefined : JSON.parse(text)) as T };
    },
    async events<R>(query: string) {
      const { url, user, password } = clickHouseOf(program.home);
      const answer = await fetch(`${url}?database=pando`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
        body: `${query} format JSONEachRow`,
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`ClickHouse answered ${answer.status}: ${text.slice(0, 300)}`);
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as R);
    },
  };
}

interface Story {
  state: string;
  progress: number;
  messages: number;
  people: number;
}

const lookEveryMs = 2_000;

/** Fills the workspace with the demo brand, unless it is; goes on where it was left off. */
export async function fillOnce(operator: Operator, people: number, say: (line: string) => void) {
  const { workspace } = operator;
  const look = () => operator.get<Story>(`/api/demo?workspace=${workspace}`);
  const known = await look().catch(() => null);
  if (known?.state === 'filled') return known;
  const ordered = await operator.post<{ detail?: string }>('/api/demo', {
    workspace,
    people: known?.people ?? people,
  });
  if (ordered.status >= 300) throw new Error(`The demo brand was refused: ${ordered.body.detail}`);
  const began = performance.now();
  let from: number | null = null;
  let told = -1;
  for (;;) {
    const story = await look();
    if (story.state === 'filled') return story;
    from ??= story.progress;
    const percent = Math.floor(story.progress * 100);
    if (percent > told) {
      const gone = performance.now() - began;
      const leftMs = (gone / (story.progress - from)) * (1 - story.progress);
      const left = Number.isFinite(leftMs) ? `, ${Math.ceil(leftMs / 60_000)} min left` : '';
      say(`${percent} %: ${story.messages.toLocaleString('en')} messages${left}`);
    }
    told = percent;
    await sleep(lookEveryMs);
  }
}

const account = { email: 'bench@pando.localhost', password: 'a password for the bench' };

/** An account of the bench's own in the workspace, with the e-mail and password to sign in with. */
export async function benchAccount(program: Program, operator: Operator): Promise<typeof account> {
  const use = async (path: string, token: string) => {
    const answer = await fetch(program.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: program.url },
      body: JSON.stringify({ token, password: account.password }),
    });
    if (!answer.ok) throw new Error(`POST ${path} answered ${answer.status}: ${await answer.text()}`);
  };
  const reset = await operator.post<{ url: string }>('/api/operator/reset-links', { email: account.email });
  if (reset.status < 300) {
    await use('/api/reset', new URL(reset.body.url).hash.slice(1));
    return account;
  }
  const invited = await operator.post<{ link: { token: string }; detail?: string }>('/api/team/invitations', {
    email: account.email,
    role: 'owner',
  });
  if (invited.status >= 300)
    throw new Error(`The account of the bench could not be made: ${invited.body.detail}`);
  await use('/api/invitations/accept', invited.body.link.token);
  return account;
}

/** A mistake in what was sent, with its line where it was a text. */
export interface Mistake {
  line?: number;
  field?: string;
  /** Where it is, as a JSON pointer. */
  at?: string;
  message: string;
}

/** What the server said no with (RFC 9457), or that it could not be reached. */
export class Problem extends Error {
  readonly status: number;
  readonly type: string;
  readonly title: string;
  readonly detail: string;
  /** What is wrong in particular, where the server tells the places. */
  readonly errors: readonly Mistake[];

  constructor(
    status: number,
    document: { type?: string; title?: string; detail?: string; errors?: readonly Mistake[] },
  ) {
    super(document.detail ?? document.title ?? `HTTP ${status}`);
    this.status = status;
    this.type = document.type ?? 'unknown';
    this.title = document.title ?? '';
    this.detail = document.detail ?? '';
    this.errors = document.errors ?? [];
  }
}

type Query = Record<string, string | number | boolean | null | undefined>;

/** The API of one workspace, as this session may use it. */
export interface Api {
  readonly workspace: string | undefined;
  get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T>;
  /** Writes; the session's token against forged requests goes along. What has a `key` may be sent again with it. */
  send<T>(
    method: 'POST' | 'PATCH' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
    o?: { signal?: AbortSignal; key?: string },
  ): Promise<T>;
  /** What is kept as a file, with its name; a plain link could not say which workspace. */
  file(path: string): Promise<{ name: string; content: Blob }>;
}

export function createApi(
  o: {
    csrf?: string | null;
    workspace?: string;
    /** Instead of a session. */
    bearer?: string;
  } = {},
): Api {
  const base: Record<string, string> = {
    ...(o.workspace ? { 'Pando-Workspace': o.workspace } : {}),
    ...(o.bearer ? { Authorization: `Bearer ${o.bearer}` } : {}),
  };
  async function ask<T>(path: string, init: RequestInit): Promise<T> {
    let answer: Response;
    try {
      answer = await fetch(path, { credentials: 'same-origin', ...init });
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') throw error;
      throw new Problem(0, { type: 'unreachable' });
    }
    const text = await answer.text();
    const isJson = /json/.test(answer.headers.get('content-type') ?? '');
    const body = isJson && text !== '' ? JSON.parse(text) : undefined;
    if (!answer.ok) throw new Problem(answer.status, body ?? {});
    return body as T;
  }
  return {
    workspace: o.workspace,
    get: (path, query = {}, signal) => {
      const given = Object.entries(query).filter(
        ([, value]) => value !== undefined && value !== null && value !== '',
      );
      const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
      return ask(text === '' ? path : `${path}?${text}`, { headers: base, ...(signal ? { signal } : {}) });
    },
    async file(path) {
      const answer = await fetch(path, { credentials: 'same-origin', headers: base }).catch(() => {
        throw new Problem(0, { type: 'unreachable' });
      });
      if (!answer.ok) throw new Problem(answer.status, (await answer.json().catch(() => ({}))) as object);
      const told = /filename="([^"]+)"/.exec(answer.headers.get('content-disposition') ?? '');
      return { name: told?.[1] ?? 'pando', content: await answer.blob() };
    },
    send: (method, path, body, { signal, key } = {}) => {
      const isForm = body instanceof FormData;
      const headers = {
        ...base,
        ...(o.csrf ? { 'Pando-Csrf': o.csrf } : {}),
        ...(key ? { 'Idempotency-Key': key } : {}),
      };
      return ask(path, {
        method,
        ...(signal ? { signal } : {}),
        headers: body === undefined || isForm ? headers : { ...headers, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
      });
    },
  };
}

/** A new `Idempotency-Key`. Not `randomUUID`, which pages that come without TLS do not have. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

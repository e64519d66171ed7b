/** One message of the stream of news. */
export interface News {
  event: string;
  data: unknown;
}

/**
 * The stream of news of one workspace, over fetch: EventSource could not say which workspace. It comes back by itself
 * and goes on where it was, waiting longer each time; `over` means that the session ended. Returns what ends it.
 */
export function openLive(o: {
  workspace: string;
  onNews: (news: News) => void;
  onState: (state: 'open' | 'away' | 'over') => void;
}): () => void {
  const ending = new AbortController();
  let lastId: string | undefined;
  let waitMs = first;

  async function once(): Promise<boolean> {
    const answer = await fetch('/api/live', {
      credentials: 'same-origin',
      signal: ending.signal,
      headers: {
        accept: 'text/event-stream',
        'Pando-Workspace': o.workspace,
        ...(lastId ? { 'Last-Event-ID': lastId } : {}),
      },
    });
    if (answer.status === 401 || answer.status === 403 || answer.status === 404) return false;
    if (!answer.ok || !answer.body) throw new Error(String(answer.status));
    o.onState('open');
    waitMs = first;
    return readLines(answer.body, (message) => {
      lastId = message.id || lastId;
      if (message.event === 'over') return false;
      o.onNews({ event: message.event, data: JSON.parse(message.data || 'null') });
      return true;
    });
  }

  async function keepOpen(): Promise<void> {
    while (!ending.signal.aborted) {
      const goesOn = await once().catch(() => true);
      if (ending.signal.aborted) return;
      o.onState(goesOn ? 'away' : 'over');
      if (!goesOn) return;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      waitMs = Math.min(waitMs * 2, longest);
    }
  }

  void keepOpen();
  return () => ending.abort();
}

const first = 1_000;
const longest = 15_000;
/** The server says something every fifteen seconds; a line on which nothing comes for so long is dead. */
const silentMs = 45_000;

interface Message {
  event: string;
  id: string;
  data: string;
}

/** Reads until the stream ends (true) or `told` wants no more (false). */
async function readLines(
  body: ReadableStream<Uint8Array>,
  told: (message: Message) => boolean,
): Promise<boolean> {
  const reader = body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .getReader();
  let text = '';
  for (;;) {
    const watchdog = setTimeout(() => void reader.cancel(), silentMs);
    const { done, value } = await reader.read().finally(() => clearTimeout(watchdog));
    if (done) return true;
    const parts = (text + value).split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const message = parse(part);
      if (message && !told(message)) {
        void reader.cancel();
        return false;
      }
    }
  }
}

/** Null for a comment. */
function parse(part: string): Message | null {
  const message: Message = { event: '', id: '', data: '' };
  for (const line of part.split('\n')) {
    const [, name, value = ''] = /^(event|id|data): ?(.*)$/.exec(line) ?? [];
    if (name) message[name as keyof Message] = value;
  }
  return message.event === '' ? null : message;
}

import type { Readable } from 'node:stream';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import { refusals } from '#platform/refusal';
import { Listener } from './listener.ts';
import { type LiveTopic, parseId } from './topic.ts';
import { WorkspaceLive } from './workspace.ts';

export { factTopic } from './fact-topic.ts';
export type { LiveTopic } from './topic.ts';

const refuse = refusals('live', {
  'too-many': { status: 503, title: 'Too many listen' },
  stopping: { status: 503, title: 'Pando is stopping' },
});

/** One process has so many lines open for one workspace at most. */
const mostListeners = 200;

export interface Live {
  /** A topic of a module's; to be called before anybody listens. */
  add(topic: LiveTopic): void;
  /** Something happened in a topic: look now rather than in a second. */
  wake(workspaceId: number, topic: string): void;
  /**
   * The body of a stream. `lastId` is the id of the last event that the listener has; what came since is told first.
   * `mayNow` is asked every two seconds what they may do; null ends the stream. Refuses `too-many`.
   */
  listen(
    workspaceId: number,
    o: {
      may: ReadonlySet<string>;
      mayNow: () => Promise<ReadonlySet<string> | null>;
      lastId?: string | undefined;
      once?: boolean;
    },
  ): Readable;
  /** How many listen in this process. */
  listeners(): number;
  /** Ends every stream. */
  stop(): Promise<void>;
}

/** News for open pages. However many listen to a workspace, it is followed once in a process, and only while they do. */
export function createLive(deps: { clock: Clock; log: Log; mostListeners?: number }): Live {
  const { clock, log } = deps;
  const most = deps.mostListeners ?? mostListeners;
  const topics: LiveTopic[] = [];
  const open = new Map<number, { live: WorkspaceLive; running: Promise<void> }>();
  let isStopping = false;

  function follow(workspaceId: number): WorkspaceLive {
    const known = open.get(workspaceId);
    if (known) return known.live;
    const live = new WorkspaceLive({ topics, clock, log }, workspaceId);
    // Begins after whoever asked for it has come in.
    const running = Promise.resolve().then(() => live.run(() => open.delete(workspaceId)));
    open.set(workspaceId, { live, running });
    return live;
  }

  return {
    add(topic) {
      if (topics.some(({ name }) => name === topic.name))
        throw new Error(`There are two live topics named ${topic.name}.`);
      topics.push(topic);
    },
    wake: (workspaceId, topic) => open.get(workspaceId)?.live.wake(topic),
    listen(workspaceId, { may, mayNow, lastId, once = false }) {
      if (isStopping) throw refuse('stopping', 'Come back in a moment.', { retryAfterS: 2 });
      const live = follow(workspaceId);
      if (live.size >= most) {
        throw refuse('too-many', `At most ${most} can listen to a workspace; ask again and again instead.`, {
          retryAfterS: 30,
        });
      }
      const listener = new Listener(clock.tick);
      const since = lastId === undefined ? null : parseId(lastId);
      live.add({ listener, may, mayNow, since, once });
      return listener;
    },
    listeners: () => [...open.values()].reduce((sum, { live }) => sum + live.size, 0),
    async stop() {
      isStopping = true;
      for (const { live } of open.values()) live.stop();
      await Promise.all([...open.values()].map(({ running }) => running));
    },
  };
}

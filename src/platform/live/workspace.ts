import { type Clock, Rests } from '#platform/clock';
import type { Log } from '#platform/log';
import { Unavailable } from '#platform/refusal';
import type { Listener } from './listener.ts';
import { idOf, type LiveTopic, type Positions } from './topic.ts';

const everyMs = 1_000;
const beatMs = 15_000;
const checkMs = 2_000;

/** Somebody who listens, with what they may hear. */
export interface Heard {
  listener: Listener;
  /** What they may do now; null when they may not listen any more. */
  mayNow(): Promise<ReadonlySet<string> | null>;
  may: ReadonlySet<string>;
  /** Where they stood when they were cut off; null for whoever begins. */
  since: Positions | null;
  /** The answer ends when it has told what there is. */
  once: boolean;
}

/** Follows the topics of one workspace for all who listen to it in this process; ends with the last of them. */
export class WorkspaceLive {
  readonly #deps: { topics: readonly LiveTopic[]; clock: Clock; log: Log };
  readonly #workspaceId: number;
  readonly #heard = new Set<Heard>();
  #coming: Heard[] = [];
  readonly #positions = new Map<string, string>();
  readonly #lookedAt = new Map<string, number>();
  /** Topics that something may have happened in. */
  readonly #woken = new Set<string>();
  readonly #rests: Rests;
  #checkedAt: number;
  #isStuck = false;

  constructor(deps: { topics: readonly LiveTopic[]; clock: Clock; log: Log }, workspaceId: number) {
    this.#deps = deps;
    this.#workspaceId = workspaceId;
    this.#rests = new Rests(deps.clock);
    this.#checkedAt = deps.clock.tick();
  }

  get size(): number {
    return this.#heard.size + this.#coming.length;
  }

  add(heard: Heard): void {
    this.#coming.push(heard);
    heard.listener.once('close', () => this.#remove(heard));
    this.#rests.wake();
  }

  /** Something may have happened in the topic. */
  wake(topic: string): void {
    this.#woken.add(topic);
    this.#rests.wake();
  }

  stop(): void {
    for (const { listener } of [...this.#coming, ...this.#heard]) listener.end();
    this.#rests.end();
  }

  /** Until nobody listens any more; `left` is called in the same moment. */
  async run(left: () => void): Promise<void> {
    while (!this.#rests.hasEnded && this.size > 0) {
      try {
        await this.#round();
        this.#isStuck = false;
      } catch (error) {
        // An engine is away: the line stays open, and what happens meanwhile is told when it is back.
        if (!this.#isStuck && !(error instanceof Unavailable))
          this.#deps.log.warn({ err: error, workspaceId: this.#workspaceId }, 'live news could not be read');
        this.#isStuck = true;
      }
      await this.#check();
      for (const { listener } of this.#heard) if (listener.silentMs >= beatMs) listener.beat();
      // What woke us in the meantime is not slept through.
      if (this.#isStuck || (this.#coming.length === 0 && this.#woken.size === 0))
        await this.#rests.rest(everyMs);
    }
    left();
  }

  /** Looks at what is due and tells all; then lets in who came, so that they stand where everybody stands. */
  async #round(): Promise<void> {
    const { topics, clock } = this.#deps;
    const coming = this.#coming;
    for (const topic of topics) {
      const last = this.#lookedAt.get(topic.name) ?? Number.NEGATIVE_INFINITY;
      const isWoken = this.#woken.delete(topic.name);
      if (!isWoken && coming.length === 0 && clock.tick() - last < topic.everyMs) continue;
      this.#lookedAt.set(topic.name, clock.tick());
      const now = await topic.position(this.#workspaceId);
      const before = this.#positions.get(topic.name);
      if (before !== undefined && before !== now) {
        const hears = [...this.#heard].filter(({ may }) => may.has(topic.needs));
        const data = hears.length > 0 ? await topic.between(this.#workspaceId, before, now) : null;
        this.#positions.set(topic.name, now);
        if (data) for (const heard of hears) this.#tell(heard, topic.name, JSON.stringify(data));
      }
      this.#positions.set(topic.name, now);
    }
    for (const heard of coming) await this.#letIn(heard);
    this.#coming = this.#coming.filter((heard) => !coming.includes(heard));
  }

  async #letIn(heard: Heard): Promise<void> {
    if (heard.listener.destroyed) return;
    for (const topic of this.#deps.topics) {
      const since = heard.since?.get(topic.name);
      const now = this.#positions.get(topic.name);
      if (since === undefined || now === undefined || since === now || !heard.may.has(topic.needs)) continue;
      const data = await topic.between(this.#workspaceId, since, now);
      if (data) this.#tell(heard, topic.name, JSON.stringify(data));
    }
    this.#tell(heard, 'ready', '{}');
    if (heard.once) heard.listener.end();
    else this.#heard.add(heard);
  }

  #tell(heard: Heard, event: string, data: string): void {
    heard.listener.tell({ event, data, id: idOf(this.#positionsOf(heard)) });
  }

  #positionsOf({ may }: Heard): Positions {
    const mine = this.#deps.topics.filter(({ needs }) => may.has(needs));
    return new Map(mine.flatMap(({ name }) => [[name, this.#positions.get(name) ?? '']] as const));
  }

  /** Whoever may not listen any more, because the session ended or the role changed, is told so and let go. */
  async #check(): Promise<void> {
    const { clock } = this.#deps;
    if (clock.tick() - this.#checkedAt < checkMs) return;
    this.#checkedAt = clock.tick();
    await Promise.all(
      [...this.#heard].map(async (heard) => {
        const may = await heard.mayNow();
        if (may) heard.may = may;
        else if (heard.listener.isOver) heard.listener.destroy();
        else heard.listener.end({ event: 'over', data: '{}', id: '' });
      }),
    );
  }

  #remove(heard: Heard): void {
    this.#heard.delete(heard);
    this.#coming = this.#coming.filter((one) => one !== heard);
    if (this.size === 0) this.#rests.wake();
  }
}

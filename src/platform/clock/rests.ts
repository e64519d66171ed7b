import type { Clock } from './clock.ts';

/**
 * The rests of a loop that works whenever there is something to do. Who wakes it while it works keeps it from its next
 * rest, so that nothing that came meanwhile is slept through. Once ended, it rests no more until it begins anew.
 */
export class Rests {
  readonly #clock: Clock;
  #end = new AbortController();
  #waking = new AbortController();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(): void {
    if (!this.hasEnded) return;
    this.#end = new AbortController();
    this.#waking = new AbortController();
  }

  end(): void {
    this.#end.abort();
    this.#waking.abort();
  }

  get hasEnded(): boolean {
    return this.#end.signal.aborted;
  }

  /** For what the loop waits for besides. */
  get ended(): AbortSignal {
    return this.#end.signal;
  }

  wake(): void {
    this.#waking.abort();
  }

  /** For `ms`, or until somebody wakes it, or at once where somebody has since the rest before. */
  async rest(ms: number): Promise<void> {
    await this.#clock.sleep(ms, this.#waking.signal);
    if (!this.hasEnded) this.#waking = new AbortController();
  }

  /** For `ms`, whoever wakes it meanwhile; they are heard at the next rest. */
  async pause(ms: number): Promise<void> {
    await this.#clock.sleep(ms, this.#end.signal);
  }
}

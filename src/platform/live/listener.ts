import { Readable } from 'node:stream';

/** What a listener may leave unread. */
const mostUnreadBytes = 256 * 1024;

export interface Message {
  event: string;
  /** One line of JSON. */
  data: string;
  id: string;
}

/**
 * The body of one stream, as server-sent events. Who reads too slowly is not written to any more; when there is room
 * again they are told how much they missed, and go on from there. The memory of a listener is bounded by that.
 */
export class Listener extends Readable {
  #missed = 0;
  #missedId = '';
  #isOver = false;
  #lastAt: number;
  readonly #tick: () => number;

  constructor(tick: () => number) {
    super({ highWaterMark: 64 * 1024 });
    this.#tick = tick;
    this.#lastAt = tick();
  }

  /** Nothing is written to it any more; what was written may still be unread. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** How long nothing was written, in ms. */
  get silentMs(): number {
    return this.#tick() - this.#lastAt;
  }

  tell(message: Message): void {
    if (!this.#caughtUp(message)) return;
    this.#write(inLines(message));
  }

  /** A comment, so that proxies keep the line open, and both sides see when it is dead. */
  beat(): void {
    if (this.#caughtUp(null)) this.#write(': beat\n\n');
  }

  /** Ends the stream, with a last word where there is one. */
  end(last?: Message): void {
    if (this.#isOver || this.destroyed) return;
    if (last && this.#missed === 0) this.#write(inLines(last));
    this.#isOver = true;
    this.push(null);
  }

  /** Called when most of what was written has been read. */
  override _read(): void {
    if (!this.#isOver) this.#sayMissed();
  }

  /** False while there is too much unread, and the message has to be passed over. */
  #caughtUp(message: Message | null): boolean {
    if (this.#isOver || this.destroyed) return false;
    const limit = this.#missed > 0 ? mostUnreadBytes / 4 : mostUnreadBytes;
    if (this.readableLength + (message?.data.length ?? 0) > limit) {
      if (message) {
        this.#missed++;
        this.#missedId = message.id;
      }
      return false;
    }
    this.#sayMissed();
    return true;
  }

  #sayMissed(): void {
    if (this.#missed === 0) return;
    const data = JSON.stringify({ messages: this.#missed });
    this.#missed = 0;
    this.#write(inLines({ event: 'missed', data, id: this.#missedId }));
  }

  #write(text: string): void {
    this.#lastAt = this.#tick();
    this.push(text);
  }
}

function inLines({ event, data, id }: Message): string {
  return `event: ${event}\nid: ${id}\ndata: ${data}\n\n`;
}

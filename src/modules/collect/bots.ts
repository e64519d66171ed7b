import { isbot } from 'isbot';

/** Servers, tills and apps send by libraries, which look like programs because they are; crawlers pose as browsers. */
const posesAsBrowser = /mozilla|bot|crawl|spider|https?:/i;
const mostRemembered = 5_000;

/** Tells known crawlers by their user agent; remembers, since the same few come again and again. */
export class Bots {
  readonly #known = new Map<string, boolean>();

  has(userAgent: unknown): boolean {
    if (typeof userAgent !== 'string' || userAgent === '') return false;
    let bot = this.#known.get(userAgent);
    if (bot === undefined) {
      bot = posesAsBrowser.test(userAgent) && isbot(userAgent);
      if (this.#known.size >= mostRemembered) this.#known.clear();
      this.#known.set(userAgent, bot);
    }
    return bot;
  }
}

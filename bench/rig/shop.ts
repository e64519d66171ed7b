/** What a batch of this shop's events must add up to, in the words of GET /api/overview. */
export interface Expected {
  events: number;
  people: number;
  known_people: number;
  orders: number;
  /** EUR, in cents. */
  revenueCents: number;
}

interface Visitor {
  /** Of the browsers they came with. */
  browsers: string[];
  account: { userId: string; email: string; name: string; city: string } | null;
}

export type Random = () => number;

/** From 0 to below 1; the same for the same seed (mulberry32). */
function randomFrom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * The traffic of a shop in the tracking API's words. Of the events a fifth come from somebody new, a tenth are
 * identify: half of these are visitors who sign up, three in eight are known customers, one in eight are visitors who
 * turn out to be a known customer, which joins two people. Everything else is somebody seen before looking around and
 * buying.
 */
export class Shop {
  readonly expected: Expected = { events: 0, people: 0, known_people: 0, orders: 0, revenueCents: 0 };
  readonly #random: Random;
  readonly #salt: string;
  readonly #visitors: Visitor[] = [];
  readonly #customers: Visitor[] = [];
  #ids = 0;

  constructor(seed: number) {
    this.#random = randomFrom(seed);
    this.#salt = hex(this.#random() * 2 ** 32, 8);
  }

  /** The body of one request; `nowMs` is when its sender made it. */
  batch(size: number, nowMs: number): string {
    const events: string[] = [];
    for (let i = 0; i < size; i++) events.push(this.#event(nowMs - (size - i) * 20));
    return `{"batch":[${events.join(',')}],"sentAt":"${new Date(nowMs).toISOString()}"}`;
  }

  #event(atMs: number): string {
    const number = this.expected.events++;
    const at = new Date(atMs).toISOString();
    const id = `ajs-next-${atMs}-${this.#uuid()}`;
    const head = `"messageId":"${id}","timestamp":"${at}"`;
    if (number % 5 === 0) return this.#track(head, this.#arrival());
    if (number % 10 === 3) return this.#identify(head);
    return this.#track(head, this.#somebody());
  }

  #arrival(): Visitor {
    const visitor: Visitor = { browsers: [this.#uuid()], account: null };
    this.#visitors.push(visitor);
    this.expected.people++;
    return visitor;
  }

  /** Mostly of those who came lately, now and then anybody. */
  #somebody(): Visitor {
    const all = this.#visitors.length;
    const among = this.#random() < 0.7 ? Math.min(all, 5_000) : all;
    return this.#visitors[all - 1 - Math.floor(this.#random() * among)] as Visitor;
  }

  #identify(head: string): string {
    const turn = this.#random();
    let who = this.#somebody();
    if (turn < 0.375 && this.#customers.length > 0) {
      who = this.#customers[Math.floor(this.#random() * this.#customers.length)] as Visitor;
    } else if (!who.account && turn < 0.5 && this.#customers.length > 0) {
      const customer = this.#customers[Math.floor(this.#random() * this.#customers.length)] as Visitor;
      customer.browsers.push(...who.browsers);
      // From now on both names stand for the same visitor.
      who.account = customer.account;
      this.expected.people--;
    }
    if (!who.account) {
      const n = this.#customers.push(who);
      const first = names[n % names.length] as string;
      const last = surnames[(n * 7) % surnames.length] as string;
      who.account = {
        userId: `user-${this.#salt}-${n}`,
        email: `${first}.${last}.${this.#salt}.${n}@example.com`.toLowerCase(),
        name: `${first} ${last}`,
        city: cities[n % cities.length] as string,
      };
      this.expected.known_people++;
    }
    const { email, name, city } = who.account;
    return `{"type":"identify",${head},${this.#who(who)},"traits":{"email":"${email}","name":"${name}","city":"${city}"},"context":${this.#context('/account', 'Your account')}}`;
  }

  #track(head: string, who: Visitor): string {
    const n = Math.floor(this.#random() * 2_000);
    const price = (490 + ((n * 37) % 4_000)) / 100;
    const tea = teas[n % teas.length] as string;
    const product = `"product_id":"p-${n}","sku":"TEA-${n}-100","name":"${tea}","category":"tea/loose","brand":"Pando","price":${price},"quantity":1,"currency":"EUR"`;
    const context = this.#context(`/products/tea-${n}`, tea);
    const what = this.#random();
    if (what < 0.05) {
      const cents = Math.round(price * 100) * 2 + 395;
      this.expected.orders++;
      this.expected.revenueCents += cents;
      const order = `"order_id":"o-${this.#salt}-${this.expected.orders}","total":${cents / 100},"shipping":3.95,"currency":"EUR","products":[{${product}},{${product.replace('p-', 'q-')}}]`;
      return `{"type":"track","event":"Order Completed",${head},${this.#who(who)},"properties":{${order}},"context":${this.#context('/checkout/thanks', 'Thank you')}}`;
    }
    if (what < 0.2)
      return `{"type":"page","name":"Product",${head},${this.#who(who)},"properties":{"path":"/products/tea-${n}","url":"https://shop.example.com/products/tea-${n}","title":"${tea}","referrer":"https://www.example.org/"},"context":${context}}`;
    const event = what < 0.35 ? 'Product Added' : 'Product Viewed';
    return `{"type":"track","event":"${event}",${head},${this.#who(who)},"properties":{${product},"position":${n % 24}},"context":${context}}`;
  }

  #who({ browsers, account }: Visitor): string {
    const browser = browsers[Math.floor(this.#random() * browsers.length)] as string;
    return account ? `"userId":"${account.userId}","anonymousId":"${browser}"` : `"anonymousId":"${browser}"`;
  }

  #context(path: string, title: string): string {
    const agent = agents[Math.floor(this.#random() * agents.length)];
    return `{"page":{"path":"${path}","referrer":"https://www.example.org/","search":"","title":"${title}","url":"https://shop.example.com${path}"},"userAgent":"${agent}","locale":"en-GB","timezone":"Europe/London","library":{"name":"analytics.js","version":"npm:next-1.84.3"}}`;
  }

  /** Looks random, and its last twelve digits count up: what was sent can be told by number. */
  #uuid(): string {
    const a = hex(this.#random() * 2 ** 32, 8);
    const b = hex(this.#random() * 2 ** 32, 8);
    return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${this.#salt.slice(0, 3)}-${hex(this.#ids++, 12)}`;
  }
}

function hex(number: number, digits: number): string {
  return Math.floor(number).toString(16).padStart(digits, '0');
}

const names = ['Ann', 'Ben', 'Chloe', 'Dev', 'Emma', 'Finn', 'Grace', 'Hugo', 'Iris', 'Jun', 'Kim', 'Liam'];
const surnames = ['Lee', 'Smith', 'Garcia', 'Meyer', 'Rossi', 'Novak', 'Silva', 'Dubois', 'Tanaka', 'Olsen'];
const cities = ['London', 'Berlin', 'Paris', 'Madrid', 'Roma', 'Wien', 'Oslo', 'Dublin'];
const teas = [
  'Green tea',
  'Sencha',
  'Jasmine pearls',
  'Earl Grey',
  'Oolong',
  'White peony',
  'Lapsang',
  'Assam',
];
const agents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0',
];

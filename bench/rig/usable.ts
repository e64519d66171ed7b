import type { BrowserContext, Page, Request } from 'playwright-core';

/**
 * Runs in every page from its first moment on, as text: notes when nothing is asked of the server any more, the content
 * has its title and no grey lines, and the main thread has time; and, for a search, when a key was pressed.
 */
const observer = `(() => {
  const state = { open: 0, usableAt: null, pressedAt: null, answers: [] };
  window.__pandoBench = state;
  const ask = window.fetch.bind(window);
  window.fetch = async (input, init) => {
    const url = String(input && input.url ? input.url : input);
    const body = init && typeof init.body === 'string' ? init.body : '';
    state.open++;
    try {
      return await ask(input, init);
    } finally {
      state.open--;
      state.answers.push({ text: decodeURIComponent(url.replaceAll('+', ' ')) + body, at: performance.now() });
    }
  };
  addEventListener('keydown', () => (state.pressedAt = performance.now()), true);
  let waiting = false;
  const isReady = () => {
    const content = document.querySelector('#content');
    // The page of the kit shows grey lines for good.
    const isWaiting = location.pathname !== '/kit' && content && content.querySelector('.waiting');
    return state.open === 0 && content && content.querySelector('h1') && !isWaiting;
  };
  const look = () => {
    if (state.usableAt !== null) return;
    if (isReady() && !waiting) {
      waiting = true;
      requestIdleCallback(() => {
        waiting = false;
        if (isReady()) state.usableAt = performance.now();
      });
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()`;

// Texts for the page to compute: they run over there, and its content security policy allows no polling by Playwright.
const untilUsable = until('state.usableAt', 30_000);
const untilQuiet = until('state.open === 0', 30_000);
const settledMs = 250;

export async function observe(context: BrowserContext): Promise<void> {
  await context.addInitScript(observer);
}

export interface Asked {
  /** Method and path, without ids. */
  request: string;
  /** From the request's going out to the first byte of the answer. */
  serverMs: number;
}

export interface View {
  usableMs: number;
  asked: Asked[];
}

/** Opens an address, and waits until the page can be used. */
export async function view(page: Page, address: string): Promise<View> {
  const asked: Asked[] = [];
  const note = (request: Request) => {
    const answer = askedBy(request);
    if (answer) asked.push(answer);
  };
  page.on('requestfinished', note);
  try {
    await page.goto(address, { waitUntil: 'commit' });
    // A page that takes longer counts as that long: the others are to be seen all the same.
    const usableMs = (await page.evaluate(untilUsable)) as number;
    await page.waitForTimeout(settledMs);
    return { usableMs, asked };
  } finally {
    page.off('requestfinished', note);
  }
}

function askedBy(request: Request): Asked | null {
  const { pathname } = new URL(request.url());
  if (!pathname.startsWith('/api/')) return null;
  const { requestStart, responseStart } = request.timing();
  if (responseStart < 0) return null;
  return {
    request: `${request.method()} ${pathname.replaceAll(/\/[0-9a-f-]{36}/g, '/:id')}`,
    serverMs: responseStart - Math.max(0, requestStart),
  };
}

/**
 * Types a term whose last letter is still missing into the field that has the focus, then that letter; how long it took
 * from that key until what was found stands there and the main thread is idle.
 */
export async function searched(page: Page, term: string): Promise<{ ms: number; asked: Asked[] }> {
  const letters = [...term];
  const last = letters.pop() ?? '';
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.insertText(letters.join(''));
  await page.waitForTimeout(2 * settledMs);
  await page.evaluate(untilQuiet);
  const asked: Asked[] = [];
  const note = (request: Request) => {
    const answer = askedBy(request);
    if (answer) asked.push(answer);
  };
  page.on('requestfinished', note);
  try {
    // Keys that no keyboard has are inserted, so the moment before is noted by hand.
    await page.evaluate('window.__pandoBench.answers = []; window.__pandoBench.pressedAt = null');
    if (/^[ -~]$/.test(last)) await page.keyboard.press(last === ' ' ? 'Space' : last);
    else {
      await page.evaluate('window.__pandoBench.pressedAt = performance.now()');
      await page.keyboard.insertText(last);
    }
    const ms = (await page.evaluate(untilShown(term))) as number;
    return { ms, asked };
  } finally {
    page.off('requestfinished', note);
  }
}

const untilShown = (term: string) => `new Promise((resolve, reject) => {
  const state = window.__pandoBench;
  const term = ${JSON.stringify(term)}.trim();
  const givesUpAt = performance.now() + 30000;
  const look = () => {
    if (state.open === 0 && state.answers.some((answer) => answer.text.includes(term))) {
      requestAnimationFrame(() => requestIdleCallback(() => resolve(performance.now() - state.pressedAt)));
    } else if (performance.now() > givesUpAt) resolve(30000);
    else requestAnimationFrame(look);
  };
  look();
})`;

function until(expression: string, withinMs: number): string {
  return `new Promise((resolve, reject) => {
    const state = window.__pandoBench;
    const from = performance.now();
    const look = () => {
      const value = ${expression};
      if (value) resolve(value);
      else if (performance.now() - from > ${withinMs}) resolve(${withinMs});
      else setTimeout(look, 10);
    };
    look();
  })`;
}

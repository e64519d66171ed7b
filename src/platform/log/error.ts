/** What is logged of an error. A database's error also carries the row that it is about; that stays out. */
export function withoutPeople(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: scrubbed(String(error)) };
  const { name, message, stack, code, cause } = error as Error & { code?: unknown };
  return {
    type: name,
    message: scrubbed(message),
    stack: framesOf(stack),
    ...(code === undefined ? {} : { code }),
    ...(cause === undefined ? {} : { cause: withoutPeople(cause) }),
  };
}

/** Where it was thrown; the message, which stands above the frames, is told once. */
function framesOf(stack = ''): string {
  const first = stack.indexOf('\n    at ');
  return first < 0 ? '' : stack.slice(first + 1);
}

const longest = 4_000;

/** Messages quote values now and then: what looks like an address or a phone or card number is taken out. */
function scrubbed(text: string): string {
  return text
    .slice(0, longest)
    .replace(/[^\s"'=(<]+@[^\s"')>,;]+/g, '[address]')
    .replace(/(?<![\w.:-])\+?\d{7,}(?![\w:-])/g, '[number]');
}

/**
 * What somebody is called, by their traits: the whole name, else its parts; null where nobody said. Chinese puts the
 * family name first, and no space between.
 */
export function nameIn(traitOf: (name: string) => unknown): string | null {
  const text = (name: string) => {
    const value = traitOf(name);
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
  };
  const full = text('name');
  if (full) return full;
  const first = text('firstName') ?? text('first_name');
  const last = text('lastName') ?? text('last_name');
  if (!first || !last) return first ?? last;
  return isHan(first) && isHan(last) ? last + first : `${first} ${last}`;
}

/** Written in Chinese characters only; a dot stands within transcribed names. */
function isHan(text: string): boolean {
  return /^[\p{Script=Han}·・]+$/u.test(text);
}

/** The name as a list by name stands in the order of. */
export function sortName(name: string): string {
  return name.toLowerCase().toWellFormed().slice(0, 100);
}

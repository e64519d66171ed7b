/**
 * What a person is called, by their traits: the name they gave, or the given and the family name. Chinese puts the
 * family name first, and no space between.
 */
export function nameOf(text: (trait: string) => string | null): string | null {
  const full = text('name');
  if (full) return full;
  const given = text('firstName') ?? text('first_name');
  const family = text('lastName') ?? text('last_name');
  if (!given || !family) return given ?? family;
  return isHan(given) && isHan(family) ? family + given : `${given} ${family}`;
}

/** Written in Chinese characters only; a dot stands within transcribed names. */
function isHan(text: string): boolean {
  return /^[\p{Script=Han}·・]+$/u.test(text);
}

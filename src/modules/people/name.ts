/** What somebody is called, by their traits: the whole name, else its parts; null where nobody said. */
export function nameIn(traitOf: (name: string) => unknown): string | null {
  const text = (name: string) => {
    const value = traitOf(name);
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
  };
  const full = text('name');
  if (full) return full;
  const first = text('firstName') ?? text('first_name');
  const last = text('lastName') ?? text('last_name');
  return first && last ? `${first} ${last}` : (first ?? last);
}

/** The name as a list by name stands in the order of. */
export function sortName(name: string): string {
  return name.toLowerCase().toWellFormed().slice(0, 100);
}

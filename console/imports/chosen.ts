/** A file that somebody chose; the number tells it from the one before, which may have the same name. */
export interface Chosen {
  id: number;
  file: File;
}

/** The server looks at half a megabyte; the rest of the file stays where it is until it is wanted. */
const beginningBytes = 1024 * 1024;

/** The form that asks what a file seems to be, or what a mapping would make of it. */
export function guessForm(file: File, mapping: string | null): FormData {
  const form = new FormData();
  if (mapping !== null) form.set('mapping', mapping);
  form.set('file', file.slice(0, beginningBytes), file.name);
  return form;
}

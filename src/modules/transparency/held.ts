import type { Held } from './schema.ts';

/** In a sentence, for the program's log, the doctor and the API; pages have words of their own. */
export function heldSentence({ why, known, public: told }: Held): string {
  switch (why) {
    case 'ahead':
      return `the public files tell of ${told} leaves and the database of ${known}: was an older backup restored?`;
    case 'differs':
      return `the public files and the database disagree on the first ${told} leaves`;
    case 'no-files':
      return `there are no public files here of a log that was signed up to ${known} leaves: was an older backup restored? An operator has to say that it may go on`;
  }
}

import { refusals } from '#platform/refusal';

export const refuse = refusals('backup', {
  'no-backup': { status: 422, title: 'This is not a backup of Pando' },
  damaged: { status: 422, title: 'The backup is damaged' },
  'other-version': { status: 409, title: 'The backup belongs to another version of the program' },
  'not-empty': { status: 409, title: 'There is something in this installation already' },
  'file-exists': { status: 409, title: 'The file exists' },
  'half-restored': { status: 503, title: 'A restore was interrupted' },
  'counts-differ': { status: 500, title: 'Not everything of the backup has arrived' },
});

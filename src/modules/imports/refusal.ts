import { refusals } from '#platform/refusal';

/** The closed list of what this module declines. */
export const refuse = refusals('imports', {
  'unreadable-file': { status: 422, title: 'The file cannot be read' },
  'bad-mapping': { status: 422, title: 'The mapping is not as it should be' },
  'mapping-needed': { status: 422, title: 'It is not known what the columns mean' },
  'unknown-preset': { status: 422, title: 'There is no such preset' },
  'file-missing': { status: 400, title: 'The request has no file' },
  'import-not-found': { status: 404, title: 'No such import' },
  'nothing-rejected': { status: 404, title: 'This import rejected nothing' },
  'already-ended': { status: 409, title: 'The import has ended' },
  'disk-full': { status: 507, title: 'The disk is nearly full' },
});

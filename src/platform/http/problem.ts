import Type from 'typebox';
import { Refusal, refusals, Unavailable } from '#platform/refusal';
import { type Flaw, flawsOf, inWords } from './words.ts';

/** The body of every error (RFC 9457, application/problem+json). Some types carry further members. */
export const problem = Type.Object(
  {
    type: Type.String({ description: 'Stable name of the kind of error; programs may compare it.' }),
    title: Type.String({ description: 'The same for every error of this type.' }),
    status: Type.Integer(),
    detail: Type.String({ description: 'What happened this time, why, and what to do.' }),
    requestId: Type.String({ description: 'Also in the header Request-Id and in the log.' }),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          in: Type.String({ description: 'body, querystring, params or headers' }),
          at: Type.String({ description: 'Where in it, as a JSON pointer.' }),
          message: Type.String(),
        }),
      ),
    ),
  },
  { additionalProperties: true, description: 'What went wrong, why, and what to do (RFC 9457).' },
);

export const refuse = refusals('http', {
  invalid: { status: 400, title: 'The request is not as documented' },
  'not-json': { status: 400, title: 'The body is not JSON' },
  'bad-request': { status: 400, title: 'The request could not be read' },
  'not-found': { status: 404, title: 'There is nothing here' },
  'method-not-allowed': { status: 405, title: 'This address does not take this method' },
  timeout: { status: 408, title: 'The request took too long to arrive' },
  'too-large': { status: 413, title: 'The request is too large' },
  'media-type': { status: 415, title: 'This kind of body is not taken here' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  overloaded: { status: 503, title: 'Pando has more to do than it can' },
});

const away = refusals('platform', { unavailable: { status: 503, title: 'A part of Pando is away' } });

/** The members of Fastify's errors that matter here. */
interface Thrown {
  code?: string;
  statusCode?: number;
  message?: string;
  validation?: readonly Flaw[];
  validationContext?: string;
}

/** The refusal that an error stands for; undefined when it is a bug of ours. */
export function toRefusal(error: unknown, o: { bodyLimit: number }): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (error instanceof Unavailable) {
    return away('unavailable', error.message, { retryAfterS: error.retryAfterS });
  }
  const { code = '', statusCode = 500, message = '', validation, validationContext }: Thrown = Object(error);
  if (validation) {
    const errors = flawsOf(validation, validationContext ?? 'body');
    return refuse('invalid', inWords(errors), { errors });
  }
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return refuse('too-large', `A body may have at most ${inBytes(o.bodyLimit)} here. Send less at once.`);
    case 'FST_REQ_FILE_TOO_LARGE':
      return refuse(
        'too-large',
        'The file is larger than what is taken here. Split it, or compress it with gzip.',
      );
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_INVALID_MULTIPART_CONTENT_TYPE':
      return refuse(
        'media-type',
        'Send the body as documented, mostly with the header Content-Type: application/json.',
      );
    case 'FST_ERR_BAD_URL':
      return refuse('bad-request', 'The address has a % that does not begin an encoded character.');
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return refuse('not-found', 'A part of the address is longer than anything that stands here.');
  }
  return statusCode >= 400 && statusCode < 500 ? asRefused(statusCode, message) : undefined;
}

function asRefused(status: number, detail: string): Refusal {
  return new Refusal({ type: 'http/bad-request', status, title: 'The request could not be read', detail });
}

/** The document that goes out; for a bug only the request id, by which the log can be searched. */
export function toDocument(refusal: Refusal | undefined, requestId: string): Record<string, unknown> {
  if (!refusal) {
    return {
      type: 'about:blank',
      title: 'Something went wrong inside Pando',
      status: 500,
      detail: `This is a fault of the program, not of the request. Its log tells more under the request id ${requestId}.`,
      requestId,
    };
  }
  const { type, title, status, detail, more } = refusal;
  return { ...more, type, title, status, detail, requestId };
}

function inBytes(bytes: number): string {
  const mb = bytes / 1024 / 1024;
  return mb >= 1 ? `${Math.floor(mb)} MB` : `${Math.floor(bytes / 1024)} KB`;
}

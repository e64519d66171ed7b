/**
 * An expected "no": the request was understood and is declined for a reason that the caller can act upon.
 * Thrown anywhere, mapped to RFC 9457 problem details once, in platform/http.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** `module/kind`, stable: programs may compare it. */
  readonly type: string;
  /** The HTTP status. */
  readonly status: number;
  /** The same for every refusal of this type. */
  readonly title: string;
  /** What happened this time, why, and what to do. */
  readonly detail: string;
  readonly retryAfterS?: number;
  /** Further members of the problem document. */
  readonly more: Record<string, unknown>;

  constructor(o: {
    type: string;
    status: number;
    title: string;
    detail: string;
    retryAfterS?: number;
    more?: Record<string, unknown>;
  }) {
    super(o.detail);
    this.type = o.type;
    this.status = o.status;
    this.title = o.title;
    this.detail = o.detail;
    if (o.retryAfterS !== undefined) this.retryAfterS = o.retryAfterS;
    this.more = o.more ?? {};
  }
}

/** The closed list of a module's refusals; returns the function that makes one, to be thrown. */
export function refusals<const T extends Record<string, { status: number; title: string }>>(
  module: string,
  kinds: T,
): (
  kind: keyof T & string,
  detail: string,
  more?: { retryAfterS?: number } & Record<string, unknown>,
) => Refusal {
  return (kind, detail, { retryAfterS, ...more } = {}) => {
    const known = kinds[kind];
    if (!known) throw new TypeError(`The module ${module} has no refusal "${kind}".`);
    return new Refusal({
      type: `${module}/${kind}`,
      ...known,
      detail,
      more,
      ...(retryAfterS === undefined ? {} : { retryAfterS }),
    });
  };
}

/** An engine is away for now. What was being done had no effect, or its effect is unknown; it may be tried again. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
  readonly retryAfterS: number;

  constructor(detail: string, o: { cause?: unknown; retryAfterS?: number } = {}) {
    super(detail, o.cause === undefined ? {} : { cause: o.cause });
    this.retryAfterS = o.retryAfterS ?? 1;
  }
}

/** One thing that is wrong with a request, as the schema's validator tells it. */
export interface Flaw {
  keyword: string;
  instancePath: string;
  params?: Record<string, unknown>;
  message?: string;
}

export interface Named {
  in: string;
  at: string;
  message: string;
}

/** What is wrong and where, in words, once for each place. */
export function flawsOf(flaws: readonly Flaw[], where: string): Named[] {
  const named = new Map<string, Named>();
  for (const flaw of flaws) {
    for (const [at, message] of told(flaw)) {
      const known = named.get(at);
      // A union reports each of its members; the place is told once, with all that would have been right.
      if (known) known.message = joined(known.message, message);
      else named.set(at, { in: where, at, message });
    }
  }
  return [...named.values()];
}

/** One sentence for all of it. */
export function inWords(flaws: readonly Named[]): string {
  const [first, ...others] = flaws;
  if (!first) return 'The request is not as documented.';
  const rest = others.length === 0 ? '' : ` And ${others.length} more, listed in errors.`;
  return `${placeName(first)} ${first.message}.${rest}`;
}

function placeName({ in: where, at }: Named): string {
  const source = {
    body: 'the body',
    querystring: 'the query',
    params: 'the address',
    headers: 'the headers',
  }[where];
  return at === '' ? capital(source ?? where) : `${at.slice(1).replaceAll('/', '.')} in ${source ?? where}`;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function told(flaw: Flaw): [at: string, message: string][] {
  const { keyword, instancePath: at, params = {}, message = 'is not as documented' } = flaw;
  switch (keyword) {
    case 'required':
      return list(params.requiredProperties).map((name) => [`${at}/${name}`, 'is missing']);
    case 'additionalProperties':
      return list(params.additionalProperties).map((name) => [`${at}/${name}`, 'is not known here']);
    case 'boolean':
    case 'if':
      // What these say, others say more exactly.
      return [];
    case 'anyOf':
    case 'oneOf':
      return [[at, '']];
    case 'type':
      return [[at, `must be ${[params.type].flat().map(String).map(withArticle).join(' or ')}`]];
    case 'const':
      return [[at, `must be ${JSON.stringify(params.allowedValue)}`]];
    case 'enum':
      return [
        [
          at,
          `must be one of ${list(params.allowedValues)
            .map((v) => JSON.stringify(v))
            .join(', ')}`,
        ],
      ];
    case 'minimum':
      return [[at, `must be at least ${params.limit}`]];
    case 'maximum':
      return [[at, `must be at most ${params.limit}`]];
    case 'format':
      return [[at, `must be a ${params.format}`]];
    default:
      return [[at, message.replace('must NOT', 'must not')]];
  }
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function withArticle(type: string): string {
  return type === 'null' ? 'null' : `${/^[aeio]/.test(type) ? 'an' : 'a'} ${type}`;
}

function joined(known: string, also: string): string {
  if (also === '' || known === also) return known;
  if (known === '') return also;
  return known.startsWith('must be ') && also.startsWith('must be ')
    ? `${known} or ${also.slice('must be '.length)}`
    : known;
}

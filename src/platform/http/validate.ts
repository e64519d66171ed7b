import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { IsDateTime, Set as setFormat } from 'typebox/format';
import { Value } from 'typebox/value';

// A leap second and a zone by its name are moments too, but no Date can be made of them.
setFormat('date-time', (text) => IsDateTime(text) && !Number.isNaN(Date.parse(text)));

/**
 * Checks by TypeBox. What comes as text (query, address, headers) is turned into the type that is asked for;
 * a body has types of its own and is taken as it is. Defaults are filled in.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema);
  const filled = hasDefaults(schema);
  return (given: unknown) => {
    const typed = httpPart === 'body' ? given : Value.Convert(schema, given);
    const value = filled ? Value.Default(schema, typed) : typed;
    return validator.Check(value) ? { value } : { error: validator.Errors(value) };
  };
};

/** Looking for defaults copies a body once for each kind that it may be of: a thousand orders of eight kinds are felt. */
function hasDefaults(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  return Object.hasOwn(schema, 'default') || Object.values(schema).some(hasDefaults);
}

/** The schema of an answer documents it; JSON.stringify writes it, faster than a compiled serializer starts. */
export const serializerCompiler = () => (answer: unknown) => JSON.stringify(answer);

/** The same, and an answer that is not as documented becomes an error: for tests. */
export function checkingSerializerCompiler({ schema }: { schema: unknown }) {
  const validator = Compile(schema as TSchema);
  return (answer: unknown) => {
    const text = JSON.stringify(answer);
    const [flaw] = validator.Errors(JSON.parse(text));
    if (flaw) throw new Error(`The answer is not as documented: ${flaw.instancePath} ${flaw.message}`);
    return text;
  };
}

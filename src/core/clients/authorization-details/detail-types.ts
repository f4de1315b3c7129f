// The types of authorization details (RFC 9396 §2) that an API defines: a name, the JSON Schema of
// its details, and a sentence that tells the user what is requested.
import { z } from 'zod';
import { AppError } from '#platform/errors.ts';
import { isObjectPrototypeName } from '#platform/object-names.ts';
import { compileDetailSchema } from './detail-schemas.ts';

const maxTypes = 20;
const maxSchemaLength = 20_000;
/** The language in which every type must have a sentence. */
const fallbackLocale = 'en';

const sentence = z.string().trim().min(1).max(300);
const schemaObject = z.record(z.string(), z.unknown());

/** The JSON form of a list of types, in the management API, configuration files and command input. */
export const detailTypes = z.array(
  z.strictObject({
    type: z.string().min(1).max(200).describe('as in the requests of clients'),
    schema: schemaObject.describe('JSON Schema 2020-12 of a detail, with its type'),
    sentences: z
      .record(z.string(), z.string())
      .describe('what the user allows, by language; {member} stands for a member of the detail'),
  }),
);

export interface DetailType {
  readonly type: string;
  readonly schema: Readonly<Record<string, unknown>>;
  readonly sentences: Readonly<Record<string, string>>;
}

/** Returns the rest of a sentence that begins with the name of the member. */
export async function faultInDetailTypes(
  types: readonly DetailType[],
): Promise<string | undefined> {
  if (types.length > maxTypes) return `must have at most ${maxTypes} types`;
  const names = types.map(({ type }) => type);
  if (new Set(names).size < names.length) return 'must name each type once';
  const faults = await Promise.all(types.map(faultInType));
  return faults.find((fault) => fault !== undefined);
}

/** For a request body. @throws AppError `invalid_input` */
export async function requireDetailTypes(
  wanted: readonly DetailType[],
): Promise<readonly DetailType[]> {
  const fault = await faultInDetailTypes(wanted);
  if (fault === undefined) return wanted;
  const member = 'authorization_details_types';
  throw new AppError('invalid_input', `Invalid request body: "${member}" ${fault}.`);
}

async function faultInType({ type, schema, sentences }: DetailType): Promise<string | undefined> {
  const place = `has the type ${JSON.stringify(type.slice(0, 100))}`;
  if (!/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(type) || isObjectPrototypeName(type)) {
    return `${place}, which must be printable ASCII without spaces`;
  }
  if (!Object.values(sentences).every((text) => sentence.safeParse(text).success)) {
    return `${place}, whose sentences must have 1 to 300 characters`;
  }
  if (sentences[fallbackLocale] === undefined) return `${place} without an English sentence (en)`;
  if (JSON.stringify(schema).length > maxSchemaLength) return `${place}, whose schema is too long`;
  const compiled = await compileDetailSchema(schema);
  return compiled.ok ? undefined : `${place}, whose schema is invalid: ${compiled.fault}`;
}

// Schemas shared by several routes, and the error message for invalid input. The message names the
// member and never contains its value.
import { z } from 'zod';
import { AppError } from '#platform/errors.ts';

const maxPageSize = 100;
const defaultPageSize = 20;
const maxFaults = 3;

/** The schema of a route without input. */
export const nothing = z.strictObject({});

/** Query parameters of every list. */
export const pageMembers = {
  limit: z
    .string()
    // Up to maxPageSize.
    .regex(/^(?:[1-9]\d?|100)$/)
    .transform(Number)
    .default(defaultPageSize)
    .describe(`1 to ${maxPageSize}`),
  cursor: z.string().max(1024).optional().describe('the next_cursor of the previous page'),
};

export const uuid = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)
  .describe('a UUID');

export const clientId = z
  .string()
  .regex(/^[\x20-\x7e]{1,255}$/)
  .describe('up to 255 printable ASCII characters');

/** An RFC 3339 date and time with an offset. */
export const instant = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .refine((at) => at.getUTCFullYear() >= 1970 && at.getUTCFullYear() < 10_000)
  .describe('a date and time like 2026-05-04T12:00:00Z');

/** Single-line free text. */
export const sentence = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .regex(/^[^\p{Cc}\u2028\u2029]*$/u)
  .describe('a sentence of up to 500 characters');

type Place = 'query' | 'body';

/** @throws AppError `invalid_input` naming the invalid members */
export function readInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  place: Place,
): z.output<Schema> {
  const read = schema.safeParse(input);
  if (read.success) return read.data;
  const issues = read.error.issues.slice(0, maxFaults);
  const invalid = issues.flatMap((issue) => describeInvalid(schema, issue) ?? []);
  const sentences = [
    ...(invalid.length > 0 ? [`Invalid request ${place}:`, ...new Set(invalid)] : []),
    ...issues.flatMap((issue) => describeUnknown(issue, place) ?? []),
  ];
  throw new AppError('invalid_input', sentences.join(' '));
}

function describeUnknown(issue: z.core.$ZodIssue, place: Place): string | undefined {
  if (issue.code !== 'unrecognized_keys') return undefined;
  const [one, several] = nouns[place];
  const names = issue.keys.slice(0, maxFaults).map(shorten).join(', ');
  return `Unknown ${issue.keys.length === 1 ? one : several} ${names} in request ${place}.`;
}

const nouns = {
  query: ['parameter', 'parameters'],
  body: ['property', 'properties'],
} as const;

function describeInvalid(schema: z.ZodType, issue: z.core.$ZodIssue): string | undefined {
  if (issue.code === 'unrecognized_keys') return undefined;
  const [name] = issue.path;
  if (name === undefined) return 'the value must be an object.';
  const member = shorten(String(name));
  const expected = describeMember(schema, String(name));
  return expected === undefined ? `${member} is invalid.` : `${member} must be ${expected}.`;
}

function describeMember(schema: z.ZodType, name: string): string | undefined {
  if (!(schema instanceof z.ZodObject)) return undefined;
  const members: Readonly<Record<string, z.core.$ZodType>> = schema.shape;
  const member = Object.hasOwn(members, name) ? members[name] : undefined;
  return member && z.globalRegistry.get(member)?.description;
}

/** Unknown member names are untrusted and may be arbitrarily long. */
function shorten(name: string): string {
  return JSON.stringify(name.slice(0, 40));
}

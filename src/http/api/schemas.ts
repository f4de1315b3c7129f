// Pieces that the schemas of several addresses are made of, and the sentence that says what is
// wrong with an input: it names the member, never its value.
import { z } from 'zod';
import { AppError } from '#platform/errors.ts';

const longestPage = 100;
const usualPage = 20;
const mostFaults = 3;

/** Takes nothing. */
export const nothing = z.strictObject({});

/** Members of the query of every list. */
export const pageMembers = {
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/)
    .transform(Number)
    .refine((limit) => limit <= longestPage)
    .default(usualPage)
    .describe(`1 to ${longestPage}`),
  cursor: z.string().max(1024).optional().describe('the next_cursor of the page before'),
};

export const uuid = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)
  .describe('a UUID');

export const clientId = z
  .string()
  .regex(/^[\x20-\x7e]{1,255}$/)
  .describe('up to 255 printable ASCII characters');

/** RFC 3339, with its offset. */
export const instant = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .refine((at) => at.getUTCFullYear() >= 1970 && at.getUTCFullYear() < 10_000)
  .describe('a date and time like 2026-05-04T12:00:00Z');

/** A sentence that a person wrote: one line. */
export const sentence = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .regex(/^[^\p{Cc}\u2028\u2029]*$/u)
  .describe('a sentence of up to 500 characters');

/** @throws AppError `invalid_input` naming the members that are not right */
export function readInput(schema: z.ZodType, input: unknown, place: 'query' | 'body'): unknown {
  const read = schema.safeParse(input);
  if (read.success) return read.data;
  const faults = read.error.issues.slice(0, mostFaults).map((issue) => nameFault(schema, issue));
  const sentences = [...new Set(faults)].join(' ');
  throw new AppError('invalid_input', `The ${place} is not right: ${sentences}`);
}

function nameFault(schema: z.ZodType, issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.slice(0, mostFaults).map(shorten).join(', ');
    return `it does not know ${names}.`;
  }
  const [name] = issue.path;
  if (name === undefined) return 'it must be an object.';
  const member = shorten(String(name));
  const expected = describeMember(schema, String(name));
  return expected === undefined ? `${member} is not right.` : `${member} must be ${expected}.`;
}

function describeMember(schema: z.ZodType, name: string): string | undefined {
  if (!(schema instanceof z.ZodObject)) return undefined;
  const members: Readonly<Record<string, z.core.$ZodType>> = schema.shape;
  const member = Object.hasOwn(members, name) ? members[name] : undefined;
  return member && z.globalRegistry.get(member)?.description;
}

/** Names of unknown members come from outside. */
function shorten(name: string): string {
  return JSON.stringify(name.slice(0, 40));
}

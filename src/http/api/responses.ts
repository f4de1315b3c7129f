// Responses that a route declares: the schema of its success, and the codes of its errors by HTTP
// status. The type check compares handlers with them, and the test client compares responses.
import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { ErrorCode, errorStatus } from '#platform/errors.ts';

export type ErrorStatus = (typeof errorStatus)[ErrorCode];

/** The codes that have this status. */
type CodeOf<Status extends ErrorStatus> = {
  [Code in ErrorCode]: (typeof errorStatus)[Code] extends Status ? Code : never;
}[ErrorCode];

/** Problem details (RFC 9457) with one of these codes. */
export interface Problem<Code extends ErrorCode = ErrorCode> {
  readonly codes: readonly Code[];
}

/** Newline-delimited JSON: each line matches the schema. */
export interface JsonLines {
  readonly line: z.ZodType;
}

export type Success = z.ZodType | JsonLines;

/** 201: the route creates a resource, and accepts an Idempotency-Key (creation.ts). */
export type Responses<Output extends Success = Success> = (
  | { readonly 200: Output }
  | { readonly 201: Output }
) & {
  /** The act waits for a second administrator. */
  readonly 202?: z.ZodType;
} & {
  readonly [Status in ErrorStatus]?: Problem<CodeOf<Status>>;
};

/** The status and content of a successful response. */
export function successOf(responses: Responses): { status: 200 | 201; content: Success } {
  return 201 in responses
    ? { status: 201, content: responses[201] }
    : { status: 200, content: responses[200] };
}

/** The result type of a handler, from its declared success. */
export type Answer<Output extends Success> = Output extends z.ZodType ? z.input<Output> : Readable;

/** Errors that every route may return in addition to those it declares. */
export const sharedProblems = [
  'invalid_input',
  'invalid_token',
  'insufficient_user_authentication',
  'insufficient_scope',
  // The path is not in its normal form (http/request/request-target.ts).
  'not_found',
  'timeout',
  'too_large',
  'misdirected',
  'unsupported_media_type',
  'throttled',
  'internal',
  'overloaded',
  'store_unavailable',
] as const satisfies readonly ErrorCode[];

export function problem<Code extends ErrorCode>(...codes: readonly Code[]): Problem<Code> {
  return { codes };
}

export function jsonLines(line: z.ZodType): JsonLines {
  return { line };
}

/** A date and time in UTC. */
export const timestamp = z.iso.datetime();

export const jsonObject = z.record(z.string(), z.unknown());

/** A page of a list (cursors.ts). */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ items: z.array(item), next_cursor: z.string().nullable() });
}

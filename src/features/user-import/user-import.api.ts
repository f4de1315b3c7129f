// Management API for imports: a part of a file, with the outcome of each record. The caller sends the
// parts one after another and can repeat one, because existing users are left unchanged.
import { z } from 'zod';
import { jsonObject } from '#http/api/responses.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import { createRecordReader, type ImportRecord } from './import-record.ts';
import type { ImportOutcome, UserImport } from './user-import.service.ts';

export interface UserImportRouteDependencies {
  readonly userImporter: UserImport;
  readonly now: () => Date;
}

/**
 * Maximum number of records per request; with records of the usual size, a request stays below the limit of
 * 56 KiB.
 */
export const maxImportedRecords = 100;

const result = z.strictObject({
  outcome: z.enum(['imported', 'exists', 'id_taken', 'id_deleted', 'refused']),
  /** A sentence about a refused record. */
  reason: z.string().nullable(),
});

type Result = z.input<typeof result>;

export function userImportRoutes({
  userImporter,
  now,
}: UserImportRouteDependencies): readonly Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/users/import',
      scopes: ['users:write'],
      rateLimit: unlimited('authenticatedCaller'),
      summary:
        'Import users of another system with their password hashes; existing users are left unchanged.',
      params: {},
      body: z.strictObject({
        users: z
          .array(jsonObject)
          .min(1)
          .max(maxImportedRecords)
          .describe(`a list of 1 to ${maxImportedRecords} records`),
      }),
      responses: {
        200: z.strictObject({ import: z.string(), results: z.array(result) }),
      },
      async handle({ body, caller }) {
        const readings = readRecords(body.users, now());
        const records = readings.filter((each) => typeof each !== 'string');
        const run = await userImporter.begin(caller.actor);
        const outcomes = await userImporter.take(run, records, caller.actor);
        const results = resultsOf(readings, outcomes);
        await userImporter.end(run, countsOf(results), caller.actor);
        return { import: run, results };
      },
    }),
  ];
}

/** Each record, or a sentence why it is refused. */
function readRecords(users: readonly object[], at: Date): readonly (ImportRecord | string)[] {
  const readRecord = createRecordReader();
  const seen = new Set<string>();
  return users.map((user) => {
    const reading = readRecord(JSON.stringify(user), at);
    if (!reading.ok) return reading.reason;
    const { record } = reading;
    const keys = [record.emailKey, ...(record.id === undefined ? [] : [record.id])];
    if (keys.some((key) => seen.has(key))) {
      return 'An earlier record of this request has the same email address or id.';
    }
    keys.forEach((key) => seen.add(key));
    return record;
  });
}

/** In the order of the request. */
function resultsOf(
  readings: readonly (ImportRecord | string)[],
  outcomes: readonly ImportOutcome[],
): Result[] {
  const remaining = outcomes.values();
  return readings.map((reading) => {
    if (typeof reading === 'string') return { outcome: 'refused', reason: reading };
    return { outcome: remaining.next().value ?? 'exists', reason: null };
  });
}

function countsOf(results: readonly Result[]) {
  const count = (...wanted: readonly Result['outcome'][]) =>
    results.filter(({ outcome }) => wanted.includes(outcome)).length;
  return {
    imported: count('imported'),
    exists: count('exists'),
    refused: count('refused', 'id_taken', 'id_deleted'),
  };
}

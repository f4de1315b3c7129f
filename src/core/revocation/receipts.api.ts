// Response of every endpoint that revokes something: what was revoked, and how long each part took.
import { z } from 'zod';
import { timestamp } from '#http/api/responses.ts';

export const receipt = z.strictObject({
  /** Id of the audit event that contains the receipt. */
  id: z.string(),
  at: timestamp,
  milliseconds: z.number(),
  parts: z.array(
    z.strictObject({ kind: z.string(), count: z.int().min(0), milliseconds: z.number() }),
  ),
  /** Kinds of credentials that are refused by their issue time and not counted. */
  refused: z.array(z.string()),
});

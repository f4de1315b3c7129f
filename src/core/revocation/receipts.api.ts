// Response of every endpoint that revokes something: what was revoked, and how long each part took.
import { z } from 'zod';
import { timestamp } from '#http/api/responses.ts';
import type { Receipt } from './receipts.ts';

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

export function presentReceipt({ id, at, milliseconds, parts, refused }: Receipt) {
  return {
    id,
    at: at.toISOString(),
    milliseconds,
    parts: parts.map((part) => ({
      kind: part.kind,
      count: part.count,
      milliseconds: part.milliseconds,
    })),
    refused: [...refused],
  };
}

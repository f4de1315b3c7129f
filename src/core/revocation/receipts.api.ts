// Response of every endpoint that revokes something: what was revoked, and how long each part took.
import type { Receipt } from './receipts.ts';

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

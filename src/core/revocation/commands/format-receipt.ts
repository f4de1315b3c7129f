// Prints the receipt of a command that revokes something. The JSON output has the form of the API.
import type { Administrator } from '#core/access-control/administration.service.ts';
import type { AuditActor } from '#core/audit/audit.ts';
import {
  describeRefused,
  presentReceipt,
  receiptWords,
  type Receipt,
} from '#core/revocation/receipts.ts';
import type { Answer } from '#cli/framework/command.ts';
import { alignColumns } from '#cli/framework/columns.ts';

/** The operator who runs a command. */
export const commandLineActor: AuditActor = { kind: 'operator' };

/**
 * The same operator for changes of roles, with every right, because a user of the command line controls the
 * database.
 */
export const commandLine: Administrator = { actor: commandLineActor, scopes: 'all' };

/** @param sentence describes the outcome */
export function answerWithReceipt(receipt: Receipt, sentence: string): Answer {
  return { document: presentReceipt(receipt), text: `${sentence}\n\n${describeReceipt(receipt)}` };
}

function describeReceipt({ id, milliseconds, parts, refused }: Receipt): string {
  const rows = parts.map((part) => [
    receiptWords[part.kind],
    String(part.count),
    `${part.milliseconds.toFixed(2)} ms`,
  ]);
  const all = ['Total, including the audit entry', '', `${milliseconds.toFixed(2)} ms`];
  return [
    alignColumns([...rows, all]),
    `Issued before, refused from now on, not counted: ${describeRefused(refused)}.`,
    `Audit entry: ${id}\n`,
  ].join('\n');
}

// What a command that ends something answers: the receipt. Machines get it as the API gives it.
import type { AuditActor } from '#core/audit/audit.ts';
import type { Receipt, ReceiptKind } from '#core/revocation/receipts.ts';
import type { Answer } from '#cli/framework/command.ts';
import { alignColumns } from '#cli/framework/columns.ts';
import { presentReceipt } from '#core/revocation/receipts.api.ts';

/** Whoever may type commands here. */
export const atTheCommandLine: AuditActor = { kind: 'operator' };

/** @param sentence what happened */
export function answerWithReceipt(receipt: Receipt, sentence: string): Answer {
  return { document: presentReceipt(receipt), text: `${sentence}\n\n${describeReceipt(receipt)}` };
}

function describeReceipt({ id, milliseconds, parts, refused }: Receipt): string {
  const rows = parts.map((part) => [
    words[part.kind],
    String(part.count),
    `${part.milliseconds.toFixed(2)} ms`,
  ]);
  const all = ['All of it, written down', '', `${milliseconds.toFixed(2)} ms`];
  const names = refused.map((name) => name.replaceAll('_', ' ').replace('sign ins', 'sign-ins'));
  return [
    alignColumns([...rows, all]),
    `From before, refused from now on and not counted: ${names.join(', ')}.`,
    `Audit entry: ${id}\n`,
  ].join('\n');
}

const words: Readonly<Record<ReceiptKind, string>> = {
  account: 'Accounts changed',
  client: 'Apps changed',
  sessions: 'Sessions ended',
  grants: 'Grants revoked',
  refresh_families: 'Refresh token families ended',
  consents: 'Consents forgotten',
  logout_notices: 'Apps to be told',
  mail: 'Mails to be sent',
};

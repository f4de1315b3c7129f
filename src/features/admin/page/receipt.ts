// The page that follows a revocation: what was revoked, and how long each part took.
import { describeRefused, receiptWords, type Receipt } from '#core/revocation/receipts.ts';
import { describeExactly, showNumber } from './formatting.ts';
import type { Link, PanelPage } from './page-model.ts';

export function receiptPage(
  { id, at, parts, milliseconds, refused }: Receipt,
  { title, back }: { readonly title: string; readonly back: Link },
): PanelPage {
  return {
    title,
    lead: `Done at ${describeExactly(at)}. It’s no longer accepted here, and on other nodes within a second.`,
    back,
    blocks: [
      {
        kind: 'table',
        title: 'Receipt',
        caption: 'What the revocation ended',
        columns: [
          { label: 'What' },
          { label: 'Count', isNumber: true },
          { label: 'Time', isNumber: true },
        ],
        rows: [
          ...parts.map((part) => [
            receiptWords[part.kind],
            showNumber(part.count),
            `${part.milliseconds.toFixed(2)} ms`,
          ]),
          ['Total, with the audit entry', '', `${milliseconds.toFixed(2)} ms`],
        ],
        empty: '',
      },
      {
        kind: 'facts',
        facts: [
          { label: 'Refused from now on', value: `${describeRefused(refused)} issued before` },
          { label: 'Audit entry', value: { text: id, isCode: true } },
        ],
      },
    ],
  };
}

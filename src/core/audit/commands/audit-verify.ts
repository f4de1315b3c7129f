// audit verify: recomputes the whole chain and reports where it was tampered with.
import type { ChainFault, ChainFaultKind, ChainReport } from '#core/audit/chain/audit-chain.ts';
import type { Command } from '#cli/framework/command.ts';
import type { RecordedVerification } from '#core/audit/chain/recorded-verification.service.ts';
import { UsageError } from '#cli/framework/arguments.ts';
import { presentHead } from '#core/audit/chain/audit-export.service.ts';

interface Needs {
  readonly recordedVerification: RecordedVerification;
}

export const auditVerify: Command<Needs> = {
  name: 'audit verify',
  summary: 'Verify the hash chain of the audit log and its signatures.',
  options: {
    head: {
      value: 'FILE|-',
      reads: 'file',
      meaning: 'A signed head from another system: the last line of an export',
    },
  },
  async run({ recordedVerification }, args, io) {
    const path = args.text('head');
    const externalHead = path === undefined ? undefined : readHead(await io.file(path));
    const report = await recordedVerification.verify({ kind: 'operator' }, externalHead);
    return {
      document: presentReport(report),
      text: describeReport(report),
      exitCode: report.faultCount === 0 ? 0 : 1,
    };
  },
};

/**
 * Reads the last line of an export, or the signature alone.
 * @throws UsageError
 */
function readHead(text: string): string {
  const line = text.trim().split('\n').at(-1) ?? '';
  const [jws] = /\beyJ[\w-]+\.[\w-]+\.[\w-]+/.exec(line) ?? [];
  if (jws !== undefined) return jws;
  throw new UsageError('--head must be the last line of an export.');
}

function presentReport({ newestHead, faults, ...counts }: ChainReport) {
  return {
    whole: counts.faultCount === 0,
    entries: counts.entries,
    heads: counts.heads,
    newest_head: newestHead ? presentHead(newestHead) : null,
    unsealed: counts.unsealed,
    erased: counts.erased,
    fault_count: counts.faultCount,
    faults: faults.map((fault) => ({ ...fault, meaning: meanings[fault.what] })),
  };
}

function describeReport(report: ChainReport): string {
  const { entries, heads, newestHead, unsealed, erased, faults, faultCount } = report;
  const counts = [
    `Entries: ${entries} sealed, ${unsealed} not sealed yet, ${erased} with erased personal data.`,
    newestHead
      ? `Signed heads: ${heads}, the newest of ${newestHead.signedAt.toISOString()} over entry ${newestHead.seq}.`
      : 'Signed heads: none.',
  ];
  const [first] = faults;
  if (!first) return `The audit log is intact.\n\n${counts.join('\n')}\n`;
  const more = faultCount > 1 ? [`Faults: ${faultCount}, of which:`] : [];
  const others = faults.slice(1).map((fault) => `  ${describeFault(fault)}`);
  const headline = `The audit log was tampered with. The first broken link: ${describeFault(first)}`;
  return `${[headline, '', ...more, ...others, ...counts].join('\n')}\n`;
}

function describeFault({ what, seq, until, id, at, event }: ChainFault): string {
  const place = seq === until ? `entry ${seq}` : `entries ${seq} to ${until}`;
  const named = id === undefined ? '' : ` (${event}, ${at}, ${id})`;
  return `${place}${named}: ${meanings[what]}.`;
}

const meanings: Readonly<Record<ChainFaultKind, string>> = {
  missing: 'deleted',
  inserted: 'inserted where the chain has no position',
  edited: 'the content differs from what was sealed',
  replaced: 'not the entry that the next one was sealed onto',
  personal_changed: 'personal data was changed, and not erased as a whole',
  rewritten: 'a signed head does not match this chain',
  bad_signature: 'the head was not signed by this installation for this position',
  unsigned: 'sealed, but no signed head covers it: heads were deleted or entries inserted',
};

// Formats the counted budget as text.
import { formatTable } from '#bench/table.ts';
import type { Counts } from './counters.ts';
import type { Verdict } from './judge.ts';

const heading = ['flow', 'PostgreSQL', 'commits', 'Redis', 'signatures', 'verdict'];

export function describeVerdicts(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map((verdict) => [
    verdict.name,
    ...(['postgres', 'commits', 'redis', 'signatures'] as const).map((kind) =>
      describeCount(verdict, kind),
    ),
    describeVerdict(verdict),
  ]);
  return [formatTable([heading, ...rows]), ...verdicts.flatMap(describeExcess)].join('\n');
}

/** "counted / contract" if the contract has a limit. */
function describeCount({ tally, contract }: Verdict, kind: keyof Counts): string {
  const promised = contract?.[kind];
  return promised === undefined ? `${tally[kind]}` : `${tally[kind]} / ${promised}`;
}

function describeVerdict({ excess, growth, isBetter, contract, tally }: Verdict): string {
  if (excess.length > 0) return 'OVER THE CONTRACT';
  if (growth.length > 0) return 'GROWN';
  if (isBetter) return 'better than budget.json';
  if (!contract) return 'no contract';
  const isUnder = tally.postgres + tally.redis < (contract.postgres ?? 0) + (contract.redis ?? 0);
  return isUnder ? 'under' : 'met';
}

/** Lists everything that was sent, so that the excess statement can be found. */
function describeExcess({ name, excess, growth, tally }: Verdict): readonly string[] {
  const complaints = [...excess, ...growth];
  if (complaints.length === 0) return [];
  const sent = tally.sent.map((each) => `    ${each}`);
  return ['', ...complaints.map((complaint) => `${name}: ${complaint}`), '  sent:', ...sent];
}

// Compares counts with bench/budget.json. `contract` is what the design promises, null where it
// promises nothing; `reached` is what was reached since, and no change may fall behind either.
import budget from '#bench/budget.json' with { type: 'json' };
import type { Counts } from './counters.ts';

export interface Allowance {
  readonly contract: Partial<Counts> | null;
  readonly reached: Counts;
}

export const allowances: Readonly<Record<string, Allowance>> = budget;

export interface Verdict {
  readonly name: string;
  readonly counts: Counts;
  readonly allowance: Allowance;
  /** One sentence for each figure that is too high; empty when all is well. */
  readonly complaints: readonly string[];
  /** True when a figure is lower than what budget.json knows: time to write it down. */
  readonly isBetter: boolean;
}

const kinds = ['postgres', 'commits', 'redis', 'signatures'] as const;

const words: Readonly<Record<keyof Counts, string>> = {
  postgres: 'round trips to PostgreSQL',
  commits: 'durable commits',
  redis: 'round trips to Redis',
  signatures: 'signatures',
};

export function judge(name: string, counts: Counts): Verdict {
  const allowance = allowances[name];
  if (!allowance) throw new Error(`bench/budget.json knows no flow ${name}.`);
  const complaints = kinds.flatMap((kind) => complain(counts, allowance, kind));
  const isBetter = kinds.some((kind) => counts[kind] < allowance.reached[kind]);
  return { name, counts, allowance, complaints, isBetter };
}

function complain(
  counts: Counts,
  { contract, reached }: Allowance,
  kind: keyof Counts,
): readonly string[] {
  const most = Math.min(reached[kind], contract?.[kind] ?? Number.POSITIVE_INFINITY);
  if (counts[kind] <= most) return [];
  return [`${counts[kind]} ${words[kind]} instead of ${most}`];
}

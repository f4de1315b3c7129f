// Compares counts with bench/budget.json. There, `contract` is what the design promises (null: it
// promises nothing), and `reached` the least that was ever reached: no change may fall behind it.
import budget from '#bench/budget.json' with { type: 'json' };
import type { Counts, Tally } from './counters.ts';

interface Allowance {
  readonly contract: Partial<Counts> | null;
  readonly reached: Counts;
}

const allowances: Readonly<Record<string, Allowance>> = budget;

export interface Verdict {
  readonly name: string;
  readonly tally: Tally;
  readonly contract: Partial<Counts> | null;
  /** What is above the contract, one sentence each. */
  readonly excess: readonly string[];
  /** What is above what was reached before. */
  readonly growth: readonly string[];
  /** Below what budget.json knows: time to write it down there. */
  readonly isBetter: boolean;
}

const kinds = ['postgres', 'commits', 'redis', 'signatures'] as const;

const words: Readonly<Record<keyof Counts, string>> = {
  postgres: 'round trips to PostgreSQL',
  commits: 'durable commits',
  redis: 'round trips to Redis',
  signatures: 'signatures',
};

/** The names of all flows that have a budget. */
export const budgetedFlows: readonly string[] = Object.keys(allowances);

export function judge(name: string, tally: Tally): Verdict {
  const allowance = allowances[name];
  if (!allowance) throw new Error(`bench/budget.json knows no flow "${name}".`);
  const { contract, reached } = allowance;
  return {
    name,
    tally,
    contract,
    excess: contract ? exceeding(tally, contract, 'the contract') : [],
    growth: exceeding(tally, reached, 'what was reached before'),
    isBetter: kinds.some((kind) => tally[kind] < reached[kind]),
  };
}

function exceeding(tally: Tally, most: Partial<Counts>, whose: string): readonly string[] {
  return kinds.flatMap((kind) => {
    const limit = most[kind];
    if (limit === undefined || tally[kind] <= limit) return [];
    return [`${tally[kind]} ${words[kind]}; ${whose} is ${limit}`];
  });
}

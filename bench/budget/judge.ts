// Compares counts with bench/budget.json. There, `contract` is what the design guarantees (null: no
// guarantee), and `reached` the lowest count achieved so far, which no change may exceed.
import budget from '#bench/budget.json' with { type: 'json' };
import type { Counts, Results } from './counters.ts';

export interface Allowance {
  readonly contract: Partial<Counts> | null;
  readonly reached: Counts;
}

const allowances: Readonly<Record<string, Allowance>> = budget;

export interface Verdict {
  readonly name: string;
  readonly tally: Results;
  readonly contract: Partial<Counts> | null;
  /** Counts above the contract, one sentence each. */
  readonly excess: readonly string[];
  /** Counts above the lowest count achieved so far. */
  readonly growth: readonly string[];
  /** True: a count is lower than in budget.json, which should be updated. */
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

/** The flows with their budgets, in the order of bench/budget.json. */
export function readAllowances(): readonly (readonly [flow: string, allowance: Allowance])[] {
  return Object.entries(allowances);
}

export function judge(name: string, tally: Results): Verdict {
  const allowance = allowances[name];
  if (!allowance) throw new Error(`bench/budget.json has no flow "${name}".`);
  const { contract, reached } = allowance;
  return {
    name,
    tally,
    contract,
    excess: contract ? exceeding(tally, contract, 'the contract') : [],
    growth: exceeding(tally, reached, 'the lowest count so far'),
    isBetter: kinds.some((kind) => tally[kind] < reached[kind]),
  };
}

function exceeding(tally: Results, most: Partial<Counts>, whose: string): readonly string[] {
  return kinds.flatMap((kind) => {
    const limit = most[kind];
    if (limit === undefined || tally[kind] <= limit) return [];
    return [`${tally[kind]} ${words[kind]}; ${whose} is ${limit}`];
  });
}

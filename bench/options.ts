// The options of the commands of bench/run.ts.
import { parseArgs } from 'node:util';

export interface BenchOptions {
  readonly seconds: number;
  readonly rounds: number;
  readonly runs: number;
  readonly connections: number;
  readonly users: readonly number[];
  readonly profileDirectory: string | undefined;
  /** Writes the results to bench/results. */
  readonly isKept: boolean;
  readonly isCountedOnly: boolean;
  /** The beginnings of the names of flows. */
  readonly flows: readonly string[];
}

const defaults = { seconds: '2', rounds: '3' };

/** @throws Error if a value is not a positive number */
export function readOptions(
  args: readonly string[],
  own: Partial<typeof defaults> = {},
): BenchOptions {
  const usual = { ...defaults, ...own };
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seconds: { type: 'string', default: usual.seconds },
      rounds: { type: 'string', default: usual.rounds },
      runs: { type: 'string', default: '5' },
      connections: { type: 'string', default: '32' },
      users: { type: 'string', default: '1000,100000' },
      profile: { type: 'string' },
      keep: { type: 'boolean', default: false },
      'counted-only': { type: 'boolean', default: false },
    },
  });
  return {
    seconds: positive(values.seconds),
    rounds: positive(values.rounds),
    runs: positive(values.runs),
    connections: positive(values.connections),
    users: values.users.split(',').map(positive),
    profileDirectory: values.profile,
    isKept: values.keep,
    isCountedOnly: values['counted-only'],
    flows: positionals,
  };
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`Not a positive number: ${text}`);
  return value;
}

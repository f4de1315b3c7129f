// The options of the commands of bench/run.ts.
import { parseArgs } from 'node:util';
import { peerNames, type PeerName } from './load/flow.ts';

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
  /** Other products that are measured as well. */
  readonly peers: readonly PeerName[];
  /** Where they are installed; by default in a folder of this user for temporary files. */
  readonly peersDirectory: string | undefined;
  /** 4 by default; 40 with other products, because one of them runs on the JVM. */
  readonly warmUpSeconds: number;
  /** The beginnings of the names of flows. */
  readonly flows: readonly string[];
}

const defaults = { seconds: '2', rounds: '3' };

/** @throws Error for a number that is not positive, and for an unknown peer */
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
      peers: { type: 'string', default: '' },
      'peers-directory': { type: 'string' },
      'warm-up': { type: 'string' },
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
    peers: readPeers(values.peers),
    peersDirectory: values['peers-directory'],
    warmUpSeconds: positive(values['warm-up'] ?? (values.peers === '' ? '4' : '40')),
    flows: positionals,
  };
}

/** Each peer once, in the order of the tables. */
function readPeers(text: string): readonly PeerName[] {
  const given = text === '' ? [] : text.split(',');
  const unknown = given.find((name) => !peerNames.some((peer) => peer === name));
  if (unknown === undefined) return peerNames.filter((peer) => given.includes(peer));
  throw new Error(`Unknown peer "${unknown}". Available: ${peerNames.join(', ')}.`);
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`Not a positive number: ${text}`);
  return value;
}

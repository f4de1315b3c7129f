// How much more processor time other products need than Ostiary, and the goals for these ratios.
import type { PeerName } from '#bench/load/flow.ts';
import type { LoadResults, Measured } from '#bench/load/results.ts';

export const peerTitles: Readonly<Record<PeerName, string>> = {
  keycloak: 'Keycloak',
  hydra: 'Hydra',
};

/** The goals: at least this many times the processor time of Ostiary's server, without the stores. */
export const peerGoals: Readonly<Record<string, number>> = {
  'client_credentials, JWT': 3,
  'introspection, JWT': 5,
  userinfo: 4,
  'refresh, JWT': 4,
  'authorize with a session': 2.7,
  'authorize and code exchange': 3,
  'password sign-in': 4,
};

/** The product to which the goals refer. */
export const goalPeer: PeerName = 'keycloak';

export interface Ratio {
  /** The ratio of the servers' processor times. */
  readonly server: number;
  /** The ratio of the processor times of server, PostgreSQL and Redis together. */
  readonly total: number;
}

/** Undefined if one of the two does not have the flow. */
export function ratioOf({ closed }: Measured, peer: PeerName): Ratio | undefined {
  const [own, other] = [closed.ostiary?.median, closed[peer]?.median];
  if (!own || !other) return undefined;
  const total = (each: typeof own) => each.serverCpu + each.postgresCpu + each.redisCpu;
  return { server: other.serverCpu / own.serverCpu, total: total(other) / total(own) };
}

export type Verdict = 'met' | 'missed' | '-';

export function verdictOf(measured: Measured): Verdict {
  const goal = peerGoals[measured.flow];
  const ratio = ratioOf(measured, goalPeer)?.server;
  if (goal === undefined || ratio === undefined) return '-';
  return ratio >= goal ? 'met' : 'missed';
}

/** The products that a run has measured. */
export function measuredPeers({ flows }: LoadResults): readonly PeerName[] {
  const names: readonly PeerName[] = ['keycloak', 'hydra'];
  return names.filter((name) => flows.some(({ closed }) => closed[name]));
}

// The goals of the flows: what one request may cost the server, and the least share that a hand-written
// server would need for it.
export interface Goal {
  /** Microseconds of the server's processor time. */
  readonly cpuUs: number;
  /** Processor time of the floor, as a share of the product's. */
  readonly floorShare?: number;
}

export const goals: Readonly<Record<string, Goal>> = {
  'client_credentials, JWT': { cpuUs: 200, floorShare: 0.6 },
  'client_credentials, opaque': { cpuUs: 90, floorShare: 0.5 },
  'introspection, opaque': { cpuUs: 80, floorShare: 0.5 },
  'introspection, JWT': { cpuUs: 200, floorShare: 0.6 },
  userinfo: { cpuUs: 200, floorShare: 0.6 },
  'refresh, JWT': { cpuUs: 350, floorShare: 0.45 },
  'authorize with a session': { cpuUs: 400 },
  'authorize and code exchange': { cpuUs: 850, floorShare: 0.28 },
  'password sign-in': { cpuUs: 14_500, floorShare: 0.85 },
};

/** The ratio of the throughput of two workers to that of one. */
export const workersGoal = 1.8;

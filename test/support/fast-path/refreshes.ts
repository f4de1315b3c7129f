// Scenarios of refreshes, each with a user of its own.
import assert from 'node:assert/strict';
import type { TestApp } from '#test/support/app.ts';
import type { Tokens } from '#test/support/actors/relying-party.ts';
import { offline } from '#test/support/data/outcomes.ts';
import type { AppFacts, RegisteredApp } from '#test/support/data/registrations.ts';
import { createRecorder, readRows, type TokenForm } from './scenarios.ts';
import type { TwoWays, Way } from './two-ways.ts';

export interface Refreshing {
  readonly tokens: Tokens;
  readonly userId: string;
  readonly client: RegisteredApp;
  /** Sends one refresh, and returns the new refresh token. */
  refresh(refreshToken: string, others?: TokenForm): Promise<string>;
}

/** What a scenario does; its responses and rows are compared. */
export type Scenario = (refreshing: Refreshing) => Promise<unknown>;

/** Runs the scenario for a new user. */
async function playScenario(
  app: TestApp,
  ways: TwoWays,
  {
    way,
    client,
    parameters,
    prepare,
    play,
  }: {
    readonly way: Way;
    readonly client: RegisteredApp;
    readonly parameters: Readonly<Record<string, string>>;
    readonly prepare: ((userId: string) => Promise<unknown>) | undefined;
    readonly play: Scenario;
  },
) {
  const person = await app.createUser({ claims: { name: 'Ann' } });
  await prepare?.(person.id);
  const rp = await app.relyingPartyOf(client);
  const tokens = await rp.login(person, parameters);
  const { responses, record } = createRecorder({ app, ways, way, client });
  const refresh = async (refreshToken: string, others?: TokenForm) => {
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken, ...others };
    return (await record(form)).refresh_token ?? '';
  };
  const result = await play({ tokens, userId: person.id, client, refresh });
  return { result, responses, rows: await readRows(app, person.id) };
}

export const confidential = { auth: 'client_secret_basic' } as const;
const scope = 'openid email offline_access read write';

interface Plan {
  readonly facts?: AppFacts;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Called before the user signs in, once for each way. */
  readonly prepare?: (userId: string) => Promise<unknown>;
  readonly play: Scenario;
  /** False if no request of the scenario is answered directly. */
  readonly isDirect?: boolean;
}

/** Runs a scenario in both ways and compares them; returns what it returned with the fast path. */
export function createComparison(app: () => TestApp, ways: () => TwoWays) {
  return async ({ facts = confidential, parameters, prepare, play, ...plan }: Plan) => {
    const client = await app().createClient(facts);
    const shared = { client, parameters: parameters ?? { ...offline, scope }, prepare, play };
    const answered = () => ways().count('token', 'answered') + ways().count('token', 'direct');
    const known = answered();
    const knownDirect = ways().count('token', 'direct');
    const fast = await playScenario(app(), ways(), { way: 'fast', ...shared });
    assert.ok(answered() > known, 'the fast path answered nothing');
    const isDirect = ways().count('token', 'direct') > knownDirect;
    assert.equal(isDirect, plan.isDirect ?? true);
    const engine = await playScenario(app(), ways(), { way: 'engine', ...shared });
    assert.deepEqual(fast, engine);
    return fast.result;
  };
}

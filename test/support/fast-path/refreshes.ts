// Scenarios of refreshes, each with a user of its own.
import type { TestApp } from '#test/support/app.ts';
import type { Tokens } from '#test/support/actors/relying-party.ts';
import type { RegisteredApp } from '#test/support/data/registrations.ts';
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
export async function playScenario(
  app: TestApp,
  ways: TwoWays,
  {
    way,
    client,
    parameters,
    play,
  }: {
    readonly way: Way;
    readonly client: RegisteredApp;
    readonly parameters: Readonly<Record<string, string>>;
    readonly play: Scenario;
  },
) {
  const person = await app.createUser({ claims: { name: 'Ann' } });
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

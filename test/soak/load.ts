// The lifecycle of one user, repeatedly: registration by an operator, sign-in, tokens of each kind, second
// factor, recovery, administration, sign-out and deletion.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { CleanUp } from '#test/support/services/databases.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';
import { offline } from '#test/support/data/outcomes.ts';
import { setUpCodes } from '#test/support/steps/totp.ts';

const operator = { kind: 'operator' } as const;
/** Together with the work of one lifecycle, some 60 % of two cores on the machine of the pipelines. */
const pauseMilliseconds = 250;

export interface Load {
  readonly lives: () => number;
  readonly failures: readonly string[];
  stop(): Promise<void>;
}

export async function startLoad(t: CleanUp, nodes: Nodes, count: number): Promise<Load> {
  const { audience } = await nodes.createApi({ accessTokenFormat: 'jwt', scopes: ['read'] });
  const client = await nodes.relyingParty({ auth: 'client_secret_basic', scope: undefined });
  const service = await nodes.relyingParty({
    auth: 'client_secret_basic',
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    scope: 'read',
  });
  const over = new AbortController();
  const failures: string[] = [];
  let lives = 0;

  async function live(turn: number): Promise<void> {
    const here = nodes.at(turn);
    const there = nodes.at(turn + 1);
    const [rp, other] = [await client.through(here.send), await client.through(there.send)];
    const person = await nodes.createUser();
    const login = await rp.login(person, offline, nodes.browser(here));
    const rotated = await other.refresh(login.refreshToken);
    const retried = await rp.tryRefresh(login.refreshToken);
    assert.equal(retried.status, 200, retried.text);
    await other.userinfo(rotated);
    assert.equal(await rp.isActive(rotated.accessToken), true);
    const issuer = await service.through(there.send);
    await issuer.clientCredentials({ resource: audience, scope: 'read' });
    const wrong = await nodes.browser(there).open('/auth/sign-in');
    await wrong.press('sign-in', { login: person.email, password: 'not the password' });
    const mail = await nodes.browser(here).open('/auth/recover');
    await mail.press('recover', { email: person.email });
    if (turn % 4 === 0) await setUpCodes(login.browser, person);
    await other.revoke(rotated.refreshToken);
    assert.equal(await rp.isActive(rotated.accessToken), false);
    const { services } = nodes;
    const block = { userId: person.id, reason: 'soak', by: operator };
    await services.blocking.blockUser(block);
    const user = await services.users.findById(person.id);
    assert.ok(user);
    await services.deletion.deleteNow(user, operator);
    lives += 1;
  }

  async function run(first: number): Promise<void> {
    for (let turn = first; !over.signal.aborted; turn += 1) {
      await live(turn).catch((error: unknown) => void failures.push(describe(error)));
      await pause(pauseMilliseconds);
    }
  }

  const running = Array.from({ length: count }, (_, index) => run(index));
  const stop = async (): Promise<void> => {
    over.abort();
    await Promise.all(running);
  };
  t.after(stop);
  return { lives: () => lives, failures, stop };
}

/** Contains the status of a response that the client library did not expect. */
function describe(error: unknown): string {
  const { cause }: { cause?: unknown } = Object(error);
  const { status }: { status?: unknown } = Object(cause);
  const text = String(error).slice(0, 500);
  return typeof status === 'number' ? `${text}: ${status}` : text;
}

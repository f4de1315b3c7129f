// Two client commands at the same time, and client commands while two nodes answer requests.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { cacheMilliseconds, exitCodes, latestTokens, rowOf } from '#test/support/cli/races.ts';
import type { Ran } from '#test/support/cli/shell.ts';
import type { Login } from '#test/support/actors/relying-party.ts';
import { atOnce, offline } from '#test/support/data/outcomes.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import { inLine } from '#test/support/services/row-locks.ts';

describeNodes('client commands at the same time', {}, (nodes) => {
  it('print one new secret when two rotations overlap', async () => {
    const { clientId, attempt } = await aServiceClient(nodes());
    const rotate = () => run(nodes(), 'rotate-secret', clientId, '--yes', '--json');

    const ran = await inLine(nodes(), rowOf('clients', { client_id: clientId }), [rotate, rotate]);

    assert.deepEqual(exitCodes(ran), [0, 4]);
    const [printed] = secretsOf(ran);
    await pause(cacheMilliseconds);
    assert.deepEqual(await attempt(printed), [200, 200]);
    assert.deepEqual(await attempt(undefined), [401, 401], 'the secret of the registration');
    assert.equal(await countOf(nodes(), clientId, 'client.secret_rotated'), 1);
  });

  it('leave exactly the last secret valid when many rotations are started', async () => {
    const { clientId, attempt } = await aServiceClient(nodes());

    const ran = await atOnce(() => run(nodes(), 'rotate-secret', clientId, '--yes', '--json'));

    const secrets = secretsOf(ran);
    assert.equal(await countOf(nodes(), clientId, 'client.secret_rotated'), secrets.length);
    await pause(cacheMilliseconds);
    const statuses = await Promise.all(secrets.map(async (secret) => (await attempt(secret))[0]));
    assert.equal(statuses.filter((status) => status === 200).length, 1);
  });

  it('revoke what is issued during a rotation after a leak', async () => {
    const rp = await nodes().relyingParty({ auth: 'client_secret_post' });
    const { clientId } = rp.app;
    const other = await rp.through(nodes().at(1).send);
    const person = await nodes().createUser();
    const logins: Login[] = [];
    while (logins.length < 6) logins.push(await rp.login(person, offline));

    const [ran, answers] = await Promise.all([
      run(nodes(), 'rotate-secret', clientId, '--revoke-tokens', '--yes', '--json'),
      Promise.all(
        logins.map(({ refreshToken }, turn) => (turn % 2 ? other : rp).tryRefresh(refreshToken)),
      ),
    ]);
    await pause(cacheMilliseconds);

    const client_secret = String(ran.json()['client_secret']);
    for (const { refreshToken, accessToken } of latestTokens(logins, answers)) {
      const refreshed = await other.tryRefresh(refreshToken, { client_secret });
      assert.match(refreshed.text, /invalid_grant/);
      const shown = await other.introspect(accessToken, { client_secret });
      assert.equal(shown.body['active'], false);
    }
  });

  it('keep one of two updates, and refuse the other', async () => {
    const { clientId } = await nodes().createClient();
    const names = ['First', 'Second'];

    const ran = await inLine(
      nodes(),
      rowOf('clients', { client_id: clientId }),
      names.map((name) => () => run(nodes(), 'update', clientId, '--name', name, '--json')),
    );

    assert.deepEqual(exitCodes(ran), [0, 4]);
    const stored = await metadataOf(nodes(), clientId);
    const kept = names.filter((_, turn) => ran[turn]?.exitCode === 0);
    assert.deepEqual([stored['client_name']], kept);
  });

  for (const first of ['update', 'block'] as const) {
    it(`leave the client blocked and updated when "${first}" is first`, async () => {
      const rp = await nodes().relyingParty();
      const { clientId } = rp.app;
      const login = await rp.login(await nodes().createUser(), offline);
      const update = () => run(nodes(), 'update', clientId, '--name', 'New', '--json');
      const block = () => run(nodes(), 'block', clientId, '--json');
      const order = first === 'update' ? [update, block] : [block, update];

      const ran = await inLine(nodes(), rowOf('clients', { client_id: clientId }), order);

      assert.deepEqual(exitCodes(ran), [0, 0]);
      const [row] = await nodes().services.db.knex('clients').where({ client_id: clientId });
      assert.notEqual(row.disabled_at, null);
      assert.equal(row.metadata.client_name, 'New');
      await pause(cacheMilliseconds);
      assert.notEqual((await rp.tryRefresh(login.refreshToken)).status, 200);
    });
  }

  it('do not bring a deleted client back', async () => {
    const { clientId } = await nodes().createClient();

    const ran = await inLine(nodes(), rowOf('clients', { client_id: clientId }), [
      () => run(nodes(), 'delete', clientId, '--yes', '--json'),
      () => run(nodes(), 'update', clientId, '--name', 'Back', '--json'),
    ]);

    assert.deepEqual(exitCodes(ran), [0, 4]);
    assert.equal((await run(nodes(), 'show', clientId)).exitCode, 3);
  });
});

function run({ services }: Nodes, ...args: readonly string[]): Promise<Ran> {
  return createCommandRunner(services).run(['client', ...args]);
}

function secretsOf(ran: readonly Ran[]): readonly string[] {
  const done = ran.filter(({ exitCode }) => exitCode === 0);
  return done.map((one) => String(one.json()['client_secret']));
}

/** A client that requests a token at each node, with its own or another secret. */
async function aServiceClient(nodes: Nodes) {
  const rp = await nodes.relyingParty({
    auth: 'client_secret_post',
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
  });
  const rps = [rp, await rp.through(nodes.at(1).send)];
  const attempt = async (secret: string | undefined) => {
    const parameters = secret === undefined ? {} : { client_secret: secret };
    const request = { grant_type: 'client_credentials', ...parameters };
    const answers = await Promise.all(rps.map((party) => party.token(request)));
    return answers.map(({ status }) => status);
  };
  return { clientId: rp.app.clientId, attempt };
}

async function countOf({ services }: Nodes, clientId: string, event: string): Promise<number> {
  const rows: unknown[] = await services.db
    .knex('audit_events')
    .where({ client_id: clientId, event });
  return rows.length;
}

async function metadataOf({ services }: Nodes, clientId: string) {
  const client = await services.clientStore.find(clientId);
  return client?.metadata ?? {};
}

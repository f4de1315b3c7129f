// PostgreSQL responds but accepts no writes or no new connections: after a failover to a replica,
// with a full disk, or when its connection limit is reached.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { addressOf, administer } from '#test/support/services/databases.ts';
import { offline } from '#test/support/data/outcomes.ts';
import { describeFault, until, type FaultRig } from '#test/support/faults/fault-suite.ts';
import { startLoad } from '#test/support/faults/load.ts';

describeFault('PostgreSQL that refuses work', { onlyLong: true }, (rig) => {
  it('causes no partial sign-in and no reuse detection while it is read-only', async (t) => {
    const load = await startLoad(t, rig());
    const rp = await rig().relyingParty();
    const login = await rig().login(rp, await rig().createUser(), offline);
    const name = await databaseName(rig());
    t.after(() => setReadOnly(rig(), name, false));

    await setReadOnly(rig(), name, true);
    await until('refused', async () => (await rp.tryRefresh(login.refreshToken)).status === 503);
    const looked = await rp.tryUserinfo(login.accessToken);
    await load.rounds(3);
    await setReadOnly(rig(), name, false);

    assert.equal(looked.status, 200);
    await until('good', async () => (await rp.tryRefresh(login.refreshToken)).status === 200);
    await load.settle();
  });

  it('makes nodes not ready until it accepts connections again', async (t) => {
    const load = await startLoad(t, rig());
    const name = await databaseName(rig());
    const allow = (answer: boolean) =>
      onServer(rig(), `alter database ${name} with allow_connections ${answer}`);
    t.after(() => allow(true));

    await allow(false);
    await endBackEnds(rig(), name);
    await load.rounds(4);
    assert.equal(await rig().statusOf(rig().at(0), '/health/ready'), 503);
    await allow(true);

    await load.settle();
  });
});

async function databaseName({ databaseUrl }: FaultRig): Promise<string> {
  return new URL(databaseUrl()).pathname.slice(1);
}

async function setReadOnly(rig: FaultRig, name: string, on: boolean): Promise<void> {
  await onServer(rig, `alter database ${name} set default_transaction_read_only = ${on}`);
  await endBackEnds(rig, name);
}

async function endBackEnds(rig: FaultRig, name: string): Promise<void> {
  await onServer(
    rig,
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
  );
}

/** Runs the statement through another database on the same server. */
function onServer({ databaseUrl }: FaultRig, statement: string): Promise<void> {
  return administer(addressOf(databaseUrl(), 'postgres'), statement);
}

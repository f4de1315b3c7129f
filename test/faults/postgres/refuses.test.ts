// X4, X5: PostgreSQL answers, but takes no writes or no new lines: after a failover to a replica, with
// a full disk, or when others have taken all its connections.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { addressOf, administer } from '#test/stage/databases.ts';
import { offline } from '#test/roles/outcomes.ts';
import { describeFault, until, type FaultRig } from '#test/rig/faults.ts';
import { startLoad } from '#test/rig/load.ts';

describeFault('PostgreSQL refuses', { onlyLong: true }, (rig) => {
  it('writes (X4): nobody is half signed in, and no retry is taken for theft', async (t) => {
    const load = await startLoad(t, rig());
    const rp = await rig().relyingParty();
    const login = await rig().login(rp, await rig().aPerson(), offline);
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

  it('new connections, and ends those there are (X5)', async (t) => {
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

/** By way of another database on the same server. */
function onServer({ databaseUrl }: FaultRig, statement: string): Promise<void> {
  return administer(addressOf(databaseUrl(), 'postgres'), statement);
}

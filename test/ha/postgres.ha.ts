// PostgreSQL with Patroni, etcd and HAProxy as in deploy/ha: the machine of the primary is lost under load.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createApiClient } from '#test/support/actors/api-client.ts';
import { assertInvalidGrant, offline } from '#test/support/data/outcomes.ts';
import { describeFault, until } from '#test/support/faults/fault-suite.ts';
import { startLoad } from '#test/support/faults/load.ts';
import { awaitRecovery } from './recovery.ts';
import { startPatroni, type Patroni } from './patroni.ts';

const late: { patroni?: Patroni } = {};

async function openDatabase(t: Parameters<typeof startPatroni>[0]) {
  const patroni = await startPatroni(t);
  late.patroni = patroni;
  return () => patroni.url;
}

describeFault('PostgreSQL with Patroni', { openDatabase }, (rig) => {
  it('loses its primary under load, but nothing that was acknowledged', async (t) => {
    const load = await startLoad(t, rig());
    const rp = await rig().relyingParty();
    const api = await createApiClient({ ...rig(), send: rig().at(0).send });
    const blocked = await rig().createUser();
    const { refreshToken } = await rig().login(rp, blocked, offline);
    const answer = await api.post(`users/${blocked.id}/block`, { reason: 'a test' });
    assert.equal(answer.status, 200, answer.text);
    load.ledger.acted(String(answer.body['id']));

    const lost = await late.patroni?.killPrimary();
    const begun = performance.now();
    t.diagnostic(`${lost} was lost`);
    await awaitRecovery(t, { rig: rig(), load, begun });
    await load.settle();

    assertInvalidGrant(await rp.tryRefresh(refreshToken));
    const { auditVerification } = rig().services;
    await until('sealed', async () => (await auditVerification.verify()).heads > 0);
    assert.deepEqual((await auditVerification.verify()).faults, []);
  });
});

// The primary PostgreSQL server is lost and its standby is promoted. Every acknowledged write is
// kept, interrupted requests can be retried with the same tokens, and no restart or intervention
// is needed.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createApiClient, type ApiClient } from '#test/support/actors/api-client.ts';
import { assertInvalidGrant, offline } from '#test/support/data/outcomes.ts';
import type { Answer, RelyingParty } from '#test/support/actors/relying-party.ts';
import { describeFault, until, type FaultRig } from '#test/support/faults/fault-suite.ts';
import { startLoad } from '#test/support/faults/load.ts';
import {
  startReplicatedPostgres,
  type ReplicatedPostgres,
} from '#test/support/services/replicated-postgres.ts';

/** Clients that refresh at the moment of the failover. */
const together = 20;
const acts = 5;
/** On each node one connection listens for notifications, and so does one of this test. */
const listeners = 2;

const late: { pair?: ReplicatedPostgres } = {};

async function openDatabase(t: Parameters<typeof startReplicatedPostgres>[0]) {
  late.pair = await startReplicatedPostgres(t);
  return late.pair.url;
}

describeFault('PostgreSQL failover', { openDatabase }, (rig) => {
  it('keeps every acknowledged write and every sign-in', async (t) => {
    const load = await startLoad(t, rig());
    const rp = await rig().relyingParty();
    const other = await rp.through(rig().at(1).send);
    const api = await createApiClient({ ...rig(), send: rig().at(0).send });
    const tokens = await Promise.all(Array.from({ length: together }, () => signIn(rig(), rp)));
    const blocked = await Promise.all(Array.from({ length: acts }, () => rig().createUser()));
    const held = await rig().login(rp, blocked[0] ?? (await rig().createUser()), offline);

    for (const { id } of blocked) load.ledger.acted(await block(api, id));
    const interrupted = Promise.all(tokens.map((token) => attempt(other, token)));
    await failOver(rig());
    const heard = await interrupted;
    await rig().recovers();

    const again = await Promise.all(tokens.map((token) => rp.tryRefresh(token)));
    for (const [index, answer] of again.entries()) {
      assert.equal(answer.status, 200, answer.text);
      if (heard[index]?.status !== 200) continue;
      assert.equal(successorOf(heard[index]), successorOf(answer), 'two successors are valid');
    }
    assertInvalidGrant(await other.tryRefresh(held.refreshToken));
    const failed = heard.filter((answer) => answer?.status !== 200).length;
    t.diagnostic(`${failed} of ${together} refreshes were interrupted, all continued`);
    t.diagnostic(`${load.ledger.count(503)} responses with 503 under load`);
    await load.settle();
    const { auditVerification } = rig().services;
    await until(
      'the audit log is sealed',
      async () => (await auditVerification.verify()).heads > 0,
    );
    const report = await auditVerification.verify();
    assert.deepEqual(report.faults, []);
    assert.ok(report.entries > together);
  });

  it('restores the notifications between nodes through the new primary', async () => {
    const rp = await rig().relyingParty();
    const other = await rp.through(rig().at(1).send);
    await until('nodes listen', async () => {
      const rows = await rig().sql(
        `select 1 from pg_stat_activity where application_name = 'ostiary changes'`,
      );
      return rows.length >= listeners;
    });
    const person = await rig().createUser();
    const { refreshToken } = await rig().login(rp, person, offline);
    await rig().redis.kill();
    const { accessToken } = await rp.refresh(refreshToken);
    const api = await createApiClient({ ...rig(), send: rig().at(0).send });
    assert.equal(await other.isActive(accessToken), true);

    await block(api, person.id);

    await until('inactive', async () => !(await other.isActive(accessToken)), 0.5);
  });
});

/** Like a proxy or the DNS name of the database: all connections now lead to the new primary. */
async function failOver({ postgres }: FaultRig): Promise<void> {
  const { pair } = late;
  assert.ok(pair);
  await pair.killFirst();
  postgres.cut();
  await pair.promote();
  postgres.heal();
}

async function signIn(rig: FaultRig, rp: RelyingParty): Promise<string> {
  return (await rig.login(rp, await rig.createUser(), offline)).refreshToken;
}

/** `undefined` if no response arrived. */
async function attempt(rp: RelyingParty, token: string): Promise<Answer | undefined> {
  return rp.tryRefresh(token).catch(() => undefined);
}

function successorOf(answer: Answer | undefined): string {
  return String(answer?.body['refresh_token']);
}

/** The number of the audit event in the receipt. */
async function block({ post }: ApiClient, id: string): Promise<string> {
  const answer = await post(`users/${id}/block`, { reason: 'a test' });
  assert.equal(answer.status, 200, answer.text);
  return String(answer.body['id']);
}

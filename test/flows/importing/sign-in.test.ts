// People who came from another system sign in with the password they had there.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createRecordReader } from '#features/user-import/import-record.ts';
import { describeOnEachArrangement, type TestApp } from '#test/app.ts';
import { firebaseSample, makePasswordSamples } from './password-samples.ts';

const samples = await makePasswordSamples();
const ours = /^\$argon2id\$v=19\$m=64,t=1,p=1\$/;

async function importOne(app: TestApp, record: object): Promise<string> {
  const { importing } = app.installation.services;
  const reading = createRecordReader()(JSON.stringify(record), new Date());
  assert.ok(reading.ok, reading.ok ? '' : reading.reason);
  assert.deepEqual(await importing.take(await importing.begin(), [reading.record]), ['imported']);
  const user = await app.installation.stores.users.findByEmailKey(reading.record.emailKey);
  return user?.id ?? '';
}

async function hashOf(app: TestApp, userId: string): Promise<string> {
  const rows = await app.installation.db
    .knex('password_credentials')
    .where({ user_id: userId })
    .select('hash');
  assert.equal(rows.length, 1);
  return String(rows[0]?.hash);
}

describeOnEachArrangement('somebody who was imported with a hash', (app) => {
  for (const [place, { name, member, password }] of samples.entries()) {
    it(`signs in with the old password, and has a hash of ours from then on: ${name}`, async () => {
      const email = `old.${place}@example.com`;
      const id = await importOne(app(), { email, email_verified: true, password: member });
      const before = await hashOf(app(), id);
      const rp = await app().relyingParty();
      const { url } = await rp.request();

      const first = await app().browser().open(url);
      const refused = await first.press('sign-in', { login: email, password: `${password}.` });
      const kept = await hashOf(app(), id);
      const { claims } = await rp.login({ id, email, password });
      const after = await hashOf(app(), id);
      const again = await rp.login({ id, email, password });

      assert.equal(refused.status, 422);
      assert.equal(kept, before);
      assert.equal(claims['sub'], id);
      assert.match(after, ours);
      assert.equal(again.claims['sub'], id);
      assert.equal(await hashOf(app(), id), after);
    });
  }

  it('keeps the id that apps know, claims, and when the account was made', async () => {
    const id = '0d9a5f0e-6f5c-4c57-9b5e-7d2f0b6e1a11';
    const claims = { given_name: 'Ann', zoneinfo: 'Europe/Oslo', address: { country: 'NO' } };
    const email = 'Kept@example.com';
    await importOne(app(), { id, email, claims, created_at: '2019-02-03T04:05:06Z' });

    const user = await app().installation.stores.users.findById(id);

    assert.equal(user?.email, email);
    assert.equal(user.emailVerified, false);
    assert.deepEqual(user.claims, claims);
    assert.equal(user.createdAt.toISOString(), '2019-02-03T04:05:06.000Z');
  });

  it('stays out when blocked, with the right password as well', async () => {
    const [{ member, password } = { member: {}, password: '' }] = samples;
    const email = 'blocked@example.com';
    const blocked = { reason: 'left the company' };
    const id = await importOne(app(), { email, password: member, blocked });
    const { url } = await (await app().relyingParty()).request();

    const first = await app().browser().open(url);
    const refused = await first.press('sign-in', { login: email, password });

    assert.match(refused.text, /cannot sign in with this account/);
    const note = await app().installation.stores.users.findBlockNote(id);
    assert.equal(note?.reason, 'left the company');
  });

  it('never has the key of a Firebase project beside the hash', async () => {
    const { parameters, salt, hash } = firebaseSample;
    const firebase = { ...parameters, salt, hash };
    const id = await importOne(app(), { email: 'sealed@example.com', password: { firebase } });

    const stored = await hashOf(app(), id);

    assert.match(stored, /^\$sealed\$v1\./);
    assert.equal(stored.includes(parameters.signer_key.slice(0, 20)), false);
  });

  it('is in the audit with the run it came with, and finds that in their own activity', async () => {
    const id = await importOne(app(), { email: 'audited@example.com' });

    const entries = await app()
      .installation.db.knex('audit_events')
      .where({ user_id: id })
      .select('event', 'actor_kind', 'details');

    assert.equal(entries.length, 1);
    assert.equal(entries[0]?.event, 'user.registered');
    assert.equal(entries[0]?.actor_kind, 'operator');
    assert.match(JSON.stringify(entries[0]?.details), /"import":"[0-9a-f-]{36}"/);
  });

  it('leaves a chain behind that can be verified', async () => {
    const { auditChain, auditVerification } = app().installation.services;
    await importOne(app(), { email: 'chained@example.com' });

    await auditChain.seal();
    const { entries, faultCount } = await auditVerification.verify();

    assert.ok(entries > 3);
    assert.equal(faultCount, 0);
  });

  it('does not come back under an id that was deleted, nor under that of somebody else', async () => {
    const { importing, deletion } = app().installation.services;
    const { users } = app().installation.stores;
    const id = await importOne(app(), { email: 'gone@example.com' });
    const gone = await users.findById(id);
    assert.ok(gone);
    await deletion.deleteNow(gone, { kind: 'operator' });
    const taken = await importOne(app(), { email: 'here@example.com' });
    const read = createRecordReader();
    const records = [id, taken, taken].map((each, place) => {
      const email = ['gone@example.com', 'other@example.com', 'here@example.com'][place];
      const reading = read(JSON.stringify({ id: each, email }), new Date());
      assert.ok(reading.ok);
      return reading.record;
    });

    const outcomes = await importing.take(await importing.begin(), records);

    assert.deepEqual(outcomes, ['id_deleted', 'id_taken', 'exists']);
  });
});

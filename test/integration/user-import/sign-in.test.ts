// Imported users sign in with the passwords of the system they were imported from.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createRecordReader } from '#features/user-import/import-record.ts';
import { describeOnEachArrangement, type TestApp } from '#test/support/app.ts';
import { firebaseSample, makePasswordSamples } from '#test/support/data/password-samples.ts';

const samples = await makePasswordSamples();
const currentHash = /^\$argon2id\$v=19\$m=64,t=1,p=1\$/;

async function importOne(app: TestApp, record: object): Promise<string> {
  const { userImporter } = app.services;
  const reading = createRecordReader()(JSON.stringify(record), new Date());
  assert.ok(reading.ok, reading.ok ? '' : reading.reason);
  assert.deepEqual(await userImporter.take(await userImporter.begin(), [reading.record]), [
    'imported',
  ]);
  const user = await app.services.users.findByEmailKey(reading.record.emailKey);
  return user?.id ?? '';
}

async function hashOf(app: TestApp, userId: string): Promise<string> {
  const rows = await app.services.db
    .knex('password_credentials')
    .where({ user_id: userId })
    .select('hash');
  assert.equal(rows.length, 1);
  return String(rows[0]?.hash);
}

describeOnEachArrangement('an imported user', (app) => {
  for (const [place, { name, member, password }] of samples.entries()) {
    it(`signs in with the old password, which is then rehashed: ${name}`, async () => {
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
      assert.match(after, currentHash);
      assert.equal(again.claims['sub'], id);
      assert.equal(await hashOf(app(), id), after);
    });
  }

  it('keeps the id, claims and creation time', async () => {
    const id = '0d9a5f0e-6f5c-4c57-9b5e-7d2f0b6e1a11';
    const claims = { given_name: 'Ann', zoneinfo: 'Europe/Oslo', address: { country: 'NO' } };
    const email = 'Kept@example.com';
    await importOne(app(), { id, email, claims, created_at: '2019-02-03T04:05:06Z' });

    const user = await app().services.users.findById(id);

    assert.equal(user?.email, email);
    assert.equal(user.emailVerified, false);
    assert.deepEqual(user.claims, claims);
    assert.equal(user.createdAt.toISOString(), '2019-02-03T04:05:06.000Z');
  });

  it('is refused with the correct password if blocked', async () => {
    const [{ member, password } = { member: {}, password: '' }] = samples;
    const email = 'blocked@example.com';
    const blocked = { reason: 'left the company' };
    const id = await importOne(app(), { email, password: member, blocked });
    const { url } = await (await app().relyingParty()).request();

    const first = await app().browser().open(url);
    const refused = await first.press('sign-in', { login: email, password });

    assert.match(refused.text, /can’t sign in with this account/);
    const note = await app().services.users.findBlockNote(id);
    assert.equal(note?.reason, 'left the company');
  });

  it('has the signer key of a Firebase hash stored only in encrypted form', async () => {
    const { parameters, salt, hash } = firebaseSample;
    const firebase = { ...parameters, salt, hash };
    const id = await importOne(app(), { email: 'sealed@example.com', password: { firebase } });

    const stored = await hashOf(app(), id);

    assert.match(stored, /^\$sealed\$v1\./);
    assert.equal(stored.includes(parameters.signer_key.slice(0, 20)), false);
  });

  it('is recorded in the audit log with the id of the import run', async () => {
    const id = await importOne(app(), { email: 'audited@example.com' });

    const entries = await app()
      .services.db.knex('audit_events')
      .where({ user_id: id })
      .select('event', 'actor_kind', 'details');

    assert.equal(entries.length, 1);
    assert.equal(entries[0]?.event, 'user.registered');
    assert.equal(entries[0]?.actor_kind, 'operator');
    assert.match(JSON.stringify(entries[0]?.details), /"import":"[0-9a-f-]{36}"/);
  });

  it('leaves the audit chain verifiable', async () => {
    const { auditChain, auditVerification } = app().services;
    await importOne(app(), { email: 'chained@example.com' });

    await auditChain.seal();
    const { entries, faultCount } = await auditVerification.verify();

    assert.ok(entries > 3);
    assert.equal(faultCount, 0);
  });

  it('cannot be imported with the id of a deleted or another existing user', async () => {
    const { userImporter, deletion } = app().services;
    const { users } = app().services;
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

    const outcomes = await userImporter.take(await userImporter.begin(), records);

    assert.deepEqual(outcomes, ['id_deleted', 'id_taken', 'exists']);
  });
});

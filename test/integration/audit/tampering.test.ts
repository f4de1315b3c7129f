// Verification of the audit chain detects each kind of tampering and reports its position.
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { it } from 'node:test';
import type { Knex } from 'knex';
import { CompactSign, generateKeyPair, exportJWK } from 'jose';
import { chainText, type ChainFault } from '#core/audit/chain/audit-chain.ts';
import { auditRowColumns, auditRowFrom } from '#core/audit/chain/audit-rows.store.ts';
import { later } from '#test/support/data/builders.ts';
import { describeOnEachKind } from '#test/support/services/databases.ts';
import { asSuperuser, filled } from '#test/support/data/audit-chain.ts';

/** A fault without ids and times, which differ on each run. */
type Named = readonly [what: string, seq: number, until: number];

/** Actions of an attacker with database access, and the faults reported. */
const tampering: readonly (readonly [
  act: string,
  change: (tx: Knex) => PromiseLike<unknown>,
  faults: readonly Named[],
])[] = [
  ['an event', (tx) => entry(tx, 4).update({ event: 'user.unblocked' }), [['edited', 4, 4]]],
  ['a time, by a microsecond', (tx) => tx.raw(microsecond), [['edited', 4, 4]]],
  ['the actor', (tx) => entry(tx, 4).update({ actor_kind: 'system' }), [['edited', 4, 4]]],
  ['the subject', (tx) => entry(tx, 4).update({ user_id: randomUUID() }), [['edited', 4, 4]]],
  ['details', (tx) => entry(tx, 4).update({ details: '{"turn":99}' }), [['edited', 4, 4]]],
  ['the request', (tx) => entry(tx, 4).update({ request_id: null }), [['edited', 4, 4]]],
  ['the first entry', (tx) => entry(tx, 1).update({ actor_id: 'x' }), [['edited', 1, 1]]],
  ['the last entry', (tx) => entry(tx, 9).update({ actor_id: 'x' }), [['edited', 9, 9]]],
  [
    'a hash',
    (tx) => entry(tx, 4).update({ hash: Buffer.alloc(32) }),
    [
      ['edited', 4, 4],
      ['replaced', 4, 4],
    ],
  ],
  [
    'the positions of two entries',
    swapPlaces,
    [
      ['edited', 4, 4],
      ['edited', 5, 5],
    ],
  ],
  ['an address', (tx) => tx.raw(otherAddress), [['personal_changed', 4, 4]]],
  ['half of a personal part', (tx) => tx.raw(lessPersonal), [['personal_changed', 4, 4]]],
  ['the digest of an erased part', (tx) => entry(tx, 4).update(noPersonal), [['edited', 4, 4]]],
  ['an entry, deleted', (tx) => entry(tx, 4).delete(), [['missing', 4, 4]]],
  ['the beginning, deleted', (tx) => upTo(tx, 5).delete(), [['missing', 1, 5]]],
  ['the end, deleted', (tx) => behind(tx, 5).delete(), [['missing', 6, 9]]],
  ['all entries, deleted', (tx) => tx('audit_events').delete(), [['missing', 1, 9]]],
  ['an entry, reset to be sealed again', (tx) => entry(tx, 4).update(unseal), [['missing', 4, 4]]],
  [
    'the newest head, deleted',
    (tx) => tx('audit_heads').where({ seq: 9 }).delete(),
    [['unsigned', 7, 9]],
  ],
  [
    'a head',
    (tx) =>
      tx('audit_heads')
        .where({ seq: 6 })
        .update({ hash: Buffer.alloc(32) }),
    [['bad_signature', 6, 6]],
  ],
  [
    'the signature of a head',
    (tx) => tx('audit_heads').where({ seq: 6 }).update(noSignature),
    [['bad_signature', 6, 6]],
  ],
  [
    'the position of a head',
    (tx) => tx('audit_heads').where({ seq: 6 }).update({ seq: 5 }),
    [['bad_signature', 5, 5]],
  ],
  ['an entry, inserted at the beginning', insertInFront, [['inserted', 0, 0]]],
  ['an entry and its hash', (tx) => rewrite(tx, 4, 4), [['replaced', 4, 4]]],
  ['an entry and all later hashes', (tx) => rewrite(tx, 5, 9), [['rewritten', 4, 6]]],
];

describeOnEachKind('tampering with the audit log by SQL', (database) => {
  for (const [act, change, faults] of tampering) {
    it(`is detected, with its position: ${act}`, async () => {
      const audit = await filled(database(), 9, 3);

      await asSuperuser(database(), change);

      const report = await audit.verification.verify();
      assert.deepEqual(report.faults.map(named), faults);
    });
  }

  it('is detected by an external head if the end of the chain is deleted', async () => {
    const db = database();
    const audit = await filled(db, 9, 3);
    const kept = (await audit.chain.extent()).newestHead?.signature;
    await asSuperuser(db, async (tx) => {
      await behind(tx, 5).delete();
      await tx('audit_heads').where('seq', '>', 3).delete();
    });
    await audit.append();
    await audit.sealing.seal();

    const alone = await audit.verification.verify();
    const withHead = await audit.verification.verify(kept);

    // The chain continued after the remaining entries, so it is consistent by itself.
    assert.deepEqual(alone.faults.map(named), []);
    assert.deepEqual(withHead.faults.map(named), [['missing', 7, 9]]);
  });

  it('is detected by an external head if the log is changed and sealed again', async () => {
    const db = database();
    const audit = await filled(db, 6);
    const kept = (await audit.chain.extent()).newestHead?.signature;
    await asSuperuser(db, async (tx) => {
      await tx('audit_heads').delete();
      await tx('audit_events').update(unseal);
      await entry(tx, null).where('details', '{"turn":2}').delete();
    });
    await audit.append();
    await audit.sealing.seal();

    const alone = await audit.verification.verify();
    const withHead = await audit.verification.verify(kept);

    assert.deepEqual(alone.faults, []);
    assert.deepEqual(withHead.faults.map(named), [['rewritten', 1, 6]]);
  });

  it('is detected if a head is signed with an inserted key', async () => {
    const db = database();
    const audit = await filled(db, 2);
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'theirs', alg: 'ES256' };
    const [head] = await audit.chain.heads(undefined, 1);
    assert.ok(head);
    const { seq, hash } = head;
    const claims = { iss: 'https://id.example', seq, hash: hash.toString('base64url'), iat: 1 };
    const signature = await new CompactSign(Buffer.from(JSON.stringify(claims)))
      .setProtectedHeader({ alg: 'ES256', kid: 'theirs', typ: 'audit-head+jwt' })
      .sign(privateKey);
    await asSuperuser(db, async (tx) => {
      const stolen = await tx('signing_keys').select('sealed_jwk').first();
      const made = { kid: 'theirs', alg: 'ES256', status: 'retired', created_at: later(0) };
      await tx('signing_keys').insert({ ...made, public_jwk: jwk, ...Object(stolen) });
      await tx('audit_heads').update({ signature });
    });

    const report = await audit.verification.verify();

    assert.deepEqual(report.faults.map(named), [['bad_signature', 2, 2]]);
    await assert.rejects(audit.verification.verify(signature), { code: 'invalid_input' });
    await asSuperuser(db, (tx) => tx('signing_keys').where({ kid: 'theirs' }).delete());
  });

  it('is counted if there are many faults, and the first positions are reported', async () => {
    const audit = await filled(database(), 30);

    await asSuperuser(database(), (tx) => tx('audit_events').update({ actor_id: 'x' }));

    const report = await audit.verification.verify();
    assert.equal(report.faultCount, 30);
    assert.equal(report.faults.length, 10);
  });
});

function named({ what, seq, until }: ChainFault): Named {
  return [what, seq, until];
}

const unseal = { seq: null, previous_hash: null, hash: null };
const noPersonal = { personal: null, personal_digest: null };
const noSignature = { signature: 'a.b.c' };
const microsecond = `update audit_events set at = at + interval '1 microsecond' where seq = 4`;
const otherAddress = `
  update audit_events set personal = jsonb_set(personal, '{address}', '"203.0.113.1"') where seq = 4`;
const lessPersonal = `update audit_events set personal = personal - 'address' where seq = 4`;

function entry(tx: Knex, seq: number | null) {
  return tx('audit_events').where({ seq });
}

function upTo(tx: Knex, seq: number) {
  return tx('audit_events').where('seq', '<=', seq);
}

function behind(tx: Knex, seq: number) {
  return tx('audit_events').where('seq', '>', seq);
}

async function swapPlaces(tx: Knex): Promise<void> {
  const rows: Record<string, unknown>[] = await tx('audit_events').whereIn('seq', [4, 5]);
  const links = rows.map(({ id, seq, previous_hash, hash }) => ({ id, seq, previous_hash, hash }));
  await tx('audit_events').whereIn('seq', [4, 5]).update({ seq: null });
  const [one, two] = links.map(({ id }) => id);
  for (const { id, ...link } of links) {
    await tx('audit_events')
      .where({ id: id === one ? two : one })
      .update(link);
  }
}

async function insertInFront(tx: Knex): Promise<void> {
  await tx.raw(`
    insert into audit_events (id, at, event, actor_kind, details, seq, previous_hash, hash)
    select gen_random_uuid(), at, event, actor_kind, details, 0, previous_hash, hash
      from audit_events where seq = 1`);
}

/** Changes one entry and recomputes the hashes up to `until`, as our own code would. */
async function rewrite(tx: Knex, seq: number, until: number): Promise<void> {
  await entry(tx, seq).update({ actor_id: 'x' });
  for (let at = seq; at <= until; at += 1) {
    const before: { hash: Buffer } | undefined = await entry(tx, at - 1).first('hash');
    assert.ok(before);
    const { rows } = await tx.raw(
      `select ${auditRowColumns} from audit_events e where seq = ${at}`,
    );
    const hashed = chainText(auditRowFrom(rows[0]), at, before.hash);
    const hash = createHash('sha256').update(hashed).digest();
    await entry(tx, at).update({ previous_hash: before.hash, hash });
  }
}

// The chain over the audit: what sealing promises, what checking notices and names, and what leaves.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { it } from 'node:test';
import type { Knex } from 'knex';
import { CompactSign, generateKeyPair, exportJWK } from 'jose';
import type { ChainFault } from '#domain/audit-chain.ts';
import type { Database } from '#platform/postgres.ts';
import { later } from '#test/builders.ts';
import { describeOnEachKind } from '#test/databases.ts';
import { asSuperuser, openAudit, type AuditRig } from './audit-rig.ts';

/** What stays of a fault when ids and times, which differ at each run, are left out. */
type Named = readonly [what: string, seq: number, until: number];

describeOnEachKind('a sealed audit', (database) => {
  it('is whole: every entry has a place, every batch a signed head', async () => {
    const audit = await filled(database(), 7, 3);

    const report = await audit.verification.verify();

    assert.deepEqual(summary(report), { entries: 7, heads: 3, unsealed: 0, faults: [] });
    assert.equal(report.newestHead?.seq, 7);
  });

  it('is whole when it is empty, and when nothing of it is sealed yet', async () => {
    const audit = openAudit(database());
    await audit.reset();

    const empty = await audit.verification.verify();
    await audit.append();
    const unsealed = await audit.verification.verify();

    assert.deepEqual(summary(empty), { entries: 0, heads: 0, unsealed: 0, faults: [] });
    assert.deepEqual(summary(unsealed), { entries: 0, heads: 0, unsealed: 1, faults: [] });
  });

  it('takes entries in the order of sealing, whatever their times and commits', async () => {
    const db = database();
    const audit = await filled(db, 2);

    await db.transaction(async (tx) => {
      await openAudit(db, () => later(-3600)).append({ details: { early: true } }, tx);
      if (db.kind === 'postgres') await audit.fill(1);
    });
    await audit.sealing.seal();

    const newest = (await audit.chain.page(2, 10)).at(-1);
    assert.deepEqual(newest?.details, { early: true });
    assert.deepEqual((await audit.verification.verify()).faults, []);
  });

  it('gives each entry one place when many nodes seal at once', async () => {
    const db = database();
    const nodes = Array.from({ length: 5 }, () => openAudit(db));
    await nodes[0]?.reset();

    for (let turn = 0; turn < 5; turn += 1) {
      await Promise.all(nodes.map((node) => node.append()));
      await Promise.all(nodes.map((node) => node.sealing.seal()));
    }
    await nodes[0]?.sealing.seal();

    const report = await nodes[0]?.verification.verify();
    assert.equal(report?.entries, 25);
    assert.deepEqual(report.faults, []);
  });

  it('leaves out what was rolled back', async () => {
    const db = database();
    const audit = await filled(db, 1);

    const failing = db.transaction(async (tx) => {
      await audit.append({}, tx);
      throw new Error('the act did not take place');
    });

    await assert.rejects(failing, /did not take place/);
    assert.equal(await audit.sealing.seal(), 0);
  });

  it('stays whole when a personal part is erased, and says how many were', async () => {
    const db = database();
    const [userId, other] = [randomUUID(), randomUUID()];
    const audit = openAudit(db);
    await audit.reset();
    await audit.append({ event: 'sign_in.succeeded', userId, actor: { kind: 'user', id: userId } });
    await audit.append({
      event: 'user.blocked',
      userId: other,
      actor: { kind: 'user', id: userId },
    });
    await audit.append({ event: 'sign_in.refused', userId: other });
    await audit.sealing.seal();
    await audit.append({ event: 'session.ended', userId, actor: { kind: 'user', id: userId } });

    const erased = await db.transaction((tx) => audit.events.erasePersonal(userId, tx));
    await audit.sealing.seal();

    const report = await audit.verification.verify();
    assert.equal(erased, 3);
    assert.deepEqual(report.faults, []);
    assert.equal(report.erased, 3);
    const texts = (await audit.exportLines()).map((line) => line['personal']);
    assert.deepEqual(
      texts.map((each) => each === null || each === undefined),
      [true, true, false, true, true],
    );
  });
});

/** What somebody with the database's password does, and what is said about it. */
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
    'the place of two',
    swapPlaces,
    [
      ['edited', 4, 4],
      ['edited', 5, 5],
    ],
  ],
  ['an address', (tx) => tx.raw(otherAddress), [['personal_changed', 4, 4]]],
  ['half of a personal part', (tx) => tx.raw(lessPersonal), [['personal_changed', 4, 4]]],
  ['the digest of an erased part', (tx) => entry(tx, 4).update(noPersonal), [['edited', 4, 4]]],
  ['nothing, but deletes one', (tx) => entry(tx, 4).delete(), [['missing', 4, 4]]],
  ['nothing, but deletes the beginning', (tx) => upTo(tx, 5).delete(), [['missing', 1, 5]]],
  ['nothing, but deletes the end', (tx) => behind(tx, 5).delete(), [['missing', 6, 9]]],
  ['nothing, but deletes all', (tx) => tx('audit_events').delete(), [['missing', 1, 9]]],
  [
    'nothing, but takes one out to seal it anew',
    (tx) => entry(tx, 4).update(unseal),
    [['missing', 4, 4]],
  ],
  [
    'nothing, but deletes the newest head',
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
    'the place of a head',
    (tx) => tx('audit_heads').where({ seq: 6 }).update({ seq: 5 }),
    [['bad_signature', 5, 5]],
  ],
  ['nothing, but puts one in front', insertInFront, [['inserted', 0, 0]]],
  ['one and its hash', (tx) => rewrite(tx, 4, 4), [['replaced', 4, 4]]],
  ['one and all hashes behind it', (tx) => rewrite(tx, 5, 9), [['rewritten', 4, 6]]],
];

describeOnEachKind('somebody with SQL who changes', (database) => {
  for (const [act, change, faults] of tampering) {
    it(`${act} is found out, and the place is named`, async () => {
      const audit = await filled(database(), 9, 3);

      await asSuperuser(database(), change);

      const report = await audit.verification.verify();
      assert.deepEqual(report.faults.map(named), faults);
    });
  }

  it('the end of the chain and its heads is found out by a head kept elsewhere', async () => {
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

    // The chain went on behind what was left, so all of it fits together again.
    assert.deepEqual(alone.faults.map(named), []);
    assert.deepEqual(withHead.faults.map(named), [['missing', 7, 9]]);
  });

  it('everything and seals it again is found out by a head kept elsewhere', async () => {
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

  it('the signing keys can not sign for us', async () => {
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

  it('too much is counted, and the first places are named', async () => {
    const audit = await filled(database(), 30);

    await asSuperuser(database(), (tx) => tx('audit_events').update({ actor_id: 'x' }));

    const report = await audit.verification.verify();
    assert.equal(report.faultCount, 30);
    assert.equal(report.faults.length, 10);
  });
});

describeOnEachKind('an export', (database) => {
  it('is the whole chain in its order, checked by anybody, and the newest head', async () => {
    const audit = await filled(database(), 600, 300);
    await audit.append({ personal: { login: 'ann@example.com' } });

    const lines = await audit.exportLines();

    assert.equal(lines.length, 602);
    assert.equal(await checkAsTheDocumentsSay(audit, lines), '601 entries, whole\n');
  });

  it('may leave out what is personal, and is checked all the same', async () => {
    const audit = await filled(database(), 3);

    const lines = await audit.exportLines({ withPersonal: false });

    assert.doesNotMatch(JSON.stringify(lines), /192\.0\.2\.7|Firefox/);
    assert.equal(await checkAsTheDocumentsSay(audit, lines), '3 entries, whole\n');
  });

  it('is refused by the same program when it was changed', async () => {
    const audit = await filled(database(), 4);
    const lines = await audit.exportLines();
    await audit.fill(1);
    const foreignHead = (await audit.exportLines()).at(-1)?.['head'];
    const changes: readonly (readonly [at: number, change: object, message: string])[] = [
      [1, { event: 'user.unblocked' }, 'entry 2 does not follow 1\n'],
      [2, { details: { turn: 9 } }, 'entry 3 does not follow 2\n'],
      [2, { personal: { address: '203.0.113.1' } }, 'entry 3: personal part changed\n'],
      [4, { head: foreignHead }, 'the head is not one of this chain\n'],
    ];

    for (const [at, change, message] of changes) {
      const changed = lines.map((line, place) => (place === at ? { ...line, ...change } : line));
      assert.equal(await checkAsTheDocumentsSay(audit, changed), message);
    }
    assert.equal(
      await checkAsTheDocumentsSay(audit, lines.toSpliced(1, 1)),
      'entry 3 does not follow 1\n',
    );
  });

  it('is narrowed by time, person and event', async () => {
    const db = database();
    const [ann, bo] = [randomUUID(), randomUUID()];
    const audit = openAudit(db);
    await audit.reset();
    const rows = [];
    for (let turn = 0; turn < 1200; turn += 1) {
      const event = turn % 400 === 399 ? 'user.blocked' : 'sign_in.refused';
      rows.push(await audit.append({ event, userId: turn % 2 ? ann : bo, details: { turn } }));
    }
    const [from, to] = [rows[399]?.at, rows[1199]?.at];

    const turnsOf = async (order: Parameters<AuditRig['exportLines']>[0]) =>
      (await audit.exportLines(order)).slice(0, -1).map((line) => Object(line['details']).turn);

    assert.deepEqual(await turnsOf({ event: 'user.blocked' }), [399, 799, 1199]);
    assert.deepEqual(await turnsOf({ event: 'user.blocked', from, to }), [399, 799]);
    assert.equal((await turnsOf({ userId: ann })).length, 600);
    assert.equal((await turnsOf({ userId: bo, from, to })).length, 400);
    assert.deepEqual(await turnsOf({ userId: bo, event: 'user.blocked' }), []);
  });

  it('of nothing says that there is no head', async () => {
    const audit = openAudit(database());
    await audit.reset();

    assert.deepEqual(await audit.exportLines(), [{ head: null }]);
  });
});

async function filled(db: Database, count: number, together = count): Promise<AuditRig> {
  const audit = openAudit(db);
  await audit.reset();
  await audit.fill(count, together);
  return audit;
}

function summary({
  entries,
  heads,
  unsealed,
  faults,
}: Awaited<ReturnType<AuditRig['verification']['verify']>>) {
  return { entries, heads, unsealed, faults };
}

function named({ what, seq, until }: ChainFault): Named {
  return [what, seq, until];
}

/** The program in docs/audit.md, which knows nothing of our code; what it prints. */
async function checkAsTheDocumentsSay(
  audit: AuditRig,
  lines: readonly Record<string, unknown>[],
): Promise<string> {
  const page = await readFile(new URL('../../docs/audit.md', import.meta.url), 'utf8');
  const [, program = ''] = /^```js\n([^]*?)^```/m.exec(page) ?? [];
  const jwks = JSON.stringify({ keys: await audit.signingKeys.provedPublicKeys() });
  const address = `data:application/json,${encodeURIComponent(jwks)}`;
  const options = ['--input-type=module', '--eval', program, '--', 'verify-export.mjs', address];
  const child = spawn(process.execPath, options, { stdio: 'pipe' });
  child.stdin.on('error', () => undefined); // It stops reading at the first fault.
  child.stdin.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return out + err;
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

/** Changes one and then makes hashes fit up to `until`, as our own code would. */
async function rewrite(tx: Knex, seq: number, until: number): Promise<void> {
  const { chainText } = await import('#domain/audit-chain.ts');
  const { auditRowColumns, auditRowFrom } = await import('#stores/audit-rows.ts');
  await entry(tx, seq).update({ actor_id: 'x' });
  for (let at = seq; at <= until; at += 1) {
    const before: { hash: Buffer } | undefined = await entry(tx, at - 1).first('hash');
    assert.ok(before);
    const { rows } = await tx.raw(
      `select ${auditRowColumns} from audit_events e where seq = ${at}`,
    );
    const text = chainText(auditRowFrom(rows[0]), at, before.hash);
    const hash = createHash('sha256').update(text).digest();
    await entry(tx, at).update({ previous_hash: before.hash, hash });
  }
}

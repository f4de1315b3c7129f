// The hash chain of the audit log: its guarantees for concurrent sealing and for erased personal
// data.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import { later } from '#test/support/data/builders.ts';
import { describeOnEachKind } from '#test/support/services/databases.ts';
import { filled, openAudit, type AuditRig } from '#test/support/data/audit-chain.ts';

describeOnEachKind('audit chain', (database) => {
  it('is complete: every entry has a position, every batch a signed head', async () => {
    const audit = await filled(database(), 7, 3);

    const report = await audit.verification.verify();

    assert.deepEqual(summary(report), { entries: 7, heads: 3, unsealed: 0, faults: [] });
    assert.equal(report.newestHead?.seq, 7);
  });

  it('is valid when it is empty or not sealed yet', async () => {
    const audit = openAudit(database());
    await audit.reset();

    const empty = await audit.verification.verify();
    await audit.append();
    const unsealed = await audit.verification.verify();

    assert.deepEqual(summary(empty), { entries: 0, heads: 0, unsealed: 0, faults: [] });
    assert.deepEqual(summary(unsealed), { entries: 0, heads: 0, unsealed: 1, faults: [] });
  });

  it('has the order of sealing, whatever the times and commits of the entries', async () => {
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

  it('gives each entry one position when many nodes seal concurrently', async () => {
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

  it('omits entries of a transaction that was rolled back', async () => {
    const db = database();
    const audit = await filled(db, 1);

    const failing = db.transaction(async (tx) => {
      await audit.append({}, tx);
      throw new Error('the transaction failed');
    });

    await assert.rejects(failing, /the transaction failed/);
    assert.equal(await audit.sealing.seal(), 0);
  });

  it('stays valid when personal data is erased, and counts the erased entries', async () => {
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

function summary({
  entries,
  heads,
  unsealed,
  faults,
}: Awaited<ReturnType<AuditRig['verification']['verify']>>) {
  return { entries, heads, unsealed, faults };
}

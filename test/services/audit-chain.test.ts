// The chain over the audit: what sealing promises, whoever seals and whatever is erased.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import { later } from '#test/roles/builders.ts';
import { describeOnEachKind } from '#test/stage/databases.ts';
import { filled, openAudit, type AuditRig } from './audit-rig.ts';

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

function summary({
  entries,
  heads,
  unsealed,
  faults,
}: Awaited<ReturnType<AuditRig['verification']['verify']>>) {
  return { entries, heads, unsealed, faults };
}

// Audit commands: export through a running server, and verification.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openEmbedded } from '#platform/database/embedded-postgres.ts';
import { createDataDirectory, createTestLog } from '#test/support/services/databases.ts';
import { asSuperuser, openAudit } from '#test/support/data/audit-chain.ts';
import { openBoth } from '#test/support/cli/server-and-cli.ts';
import { closeInReverse, openShell, startServer } from '#test/support/cli/shell.ts';

describe('audit export through a running server', () => {
  it('may exceed one message of the control socket', async (t) => {
    const closing = closeInReverse(t);
    const settings = { DATA_DIRECTORY: await createDataDirectory(closing), PORT: '0' };
    const count = 2500;
    const db = await openEmbedded({ directory: settings.DATA_DIRECTORY, log: createTestLog() });
    const { append } = openAudit(db);
    for (let turn = 0; turn < count; turn += 1)
      await append({ details: { turn, text: 'é'.repeat(300) } });
    await db.close();
    await startServer(closing, settings);
    const shell = await openShell(closing, settings);

    const { out } = await shell.done(['audit', 'export', '--event', 'sign_in.refused']);

    assert.ok(Buffer.byteLength(out) > 1024 * 1024);
    const lines = out.trimEnd().split('\n').slice(0, -1);
    const turns = lines.map((line) => Object(JSON.parse(line)).details.turn);
    assert.deepEqual(
      turns,
      Array.from({ length: count }, (_, turn) => turn),
    );
  });
});

describe('audit verify', () => {
  it('reports an entry that was changed or deleted by SQL', async (t) => {
    const { app, shell } = await openBoth(t);
    const person = await app.createUser();
    await app.block(person.id);
    const services = app.services;
    const { db } = services;
    await services.auditChain.seal();
    const where = { user_id: person.id, event: 'user.blocked' };
    const row: { id: string; seq: string } | undefined = await db
      .knex('audit_events')
      .where(where)
      .first();
    assert.ok(row);

    await asSuperuser(db, (tx) =>
      tx('audit_events').where(where).update({ actor_id: 'somebody else' }),
    );
    const edited = await shell.run(['audit', 'verify', '--json']);
    const inWords = await shell.run(['audit', 'verify']);
    await asSuperuser(db, (tx) => tx('audit_events').where(where).delete());
    const deleted = await shell.run(['audit', 'verify', '--json']);

    const seq = Number(row.seq);
    assert.deepEqual([edited.exitCode, inWords.exitCode, deleted.exitCode], [1, 1, 1]);
    const [fault] = Object(edited.json()['faults']);
    assert.deepEqual([fault.what, fault.seq, fault.id], ['edited', seq, row.id]);
    const sentence = `The first broken link: entry ${seq} \\(user\\.blocked, .*${row.id}\\)`;
    assert.match(inWords.out, new RegExp(sentence));
    const [gap] = Object(deleted.json()['faults']);
    assert.deepEqual([gap.what, gap.seq, gap.until], ['missing', seq, seq]);
    assert.equal((await services.recordedVerification.last())?.faultCount, 1);
  });
});

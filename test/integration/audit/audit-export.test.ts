// Exports of the audit log, complete and verifiable by third parties, or filtered.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { it } from 'node:test';
import { describeOnEachKind } from '#test/support/services/databases.ts';
import { filled, openAudit, type AuditRig } from '#test/support/data/audit-chain.ts';

describeOnEachKind('audit export', (database) => {
  it('contains the whole chain and the newest head, verifiable by third parties', async () => {
    const audit = await filled(database(), 600, 300);
    await audit.append({ personal: { login: 'ann@example.com' } });

    const lines = await audit.exportLines();

    assert.equal(lines.length, 602);
    assert.equal(await checkAsTheDocumentsSay(audit, lines), '601 entries, whole\n');
  });

  it('may omit personal data and is still verifiable', async () => {
    const audit = await filled(database(), 3);

    const lines = await audit.exportLines({ withPersonal: false });

    assert.doesNotMatch(JSON.stringify(lines), /192\.0\.2\.7|Firefox/);
    assert.equal(await checkAsTheDocumentsSay(audit, lines), '3 entries, whole\n');
  });

  it('is rejected by the verification program if it was modified', async () => {
    const audit = await filled(database(), 4);
    const lines = await audit.exportLines();
    await audit.fill(1);
    const foreignHead = (await audit.exportLines()).at(-1)?.['head'];
    const invalidation: readonly (readonly [at: number, change: object, message: string])[] = [
      [1, { event: 'user.unblocked' }, 'entry 2 does not follow 1\n'],
      [2, { details: { turn: 9 } }, 'entry 3 does not follow 2\n'],
      [2, { personal: { address: '203.0.113.1' } }, 'entry 3: personal part changed\n'],
      [4, { head: foreignHead }, 'the head is not one of this chain\n'],
    ];

    for (const [at, change, message] of invalidation) {
      const changed = lines.map((line, place) => (place === at ? { ...line, ...change } : line));
      assert.equal(await checkAsTheDocumentsSay(audit, changed), message);
    }
    assert.equal(
      await checkAsTheDocumentsSay(audit, lines.toSpliced(1, 1)),
      'entry 3 does not follow 1\n',
    );
  });

  it('can be filtered by time, user and event', async () => {
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

  it('of an empty audit log has no head', async () => {
    const audit = openAudit(database());
    await audit.reset();

    assert.deepEqual(await audit.exportLines(), [{ head: null }]);
  });
});

/** Runs the program of docs/audit.md, which is independent of our code, and returns its output. */
async function checkAsTheDocumentsSay(
  audit: AuditRig,
  lines: readonly Record<string, unknown>[],
): Promise<string> {
  const page = await readFile(new URL('../../../docs/audit.md', import.meta.url), 'utf8');
  const [, program = ''] = /^```js\n([^]*?)^```/m.exec(page) ?? [];
  const jwks = JSON.stringify({ keys: await audit.signingKeys.provedPublicKeys() });
  const address = `data:application/json,${encodeURIComponent(jwks)}`;
  const options = ['--input-type=module', '--eval', program, '--', 'verify-export.mjs', address];
  const child = spawn(process.execPath, options, { stdio: 'pipe' });
  child.stdin.on('error', () => undefined); // The program stops reading at the first error.
  child.stdin.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return out + err;
}

// Outbox commands: listing permanently failed jobs, and retrying them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openBoth } from '#test/support/cli/server-and-cli.ts';

const nobody = 'https://nobody.invalid/logout';

describe('outbox commands', () => {
  it('list permanently failed jobs, and make servers retry them', async (t) => {
    const { app, shell } = await openBoth(t);
    const rp = await app.relyingParty({ backchannel_logout_uri: nobody });
    const person = await app.createUser();
    const { browser, idToken } = await rp.login(person);
    await browser.open(rp.logoutUrl({ id_token_hint: idToken }));
    const none = await shell.done(['outbox', 'list', '--dead']);
    await app.services.db
      .knex('outbox')
      .where({ client_id: rp.app.clientId })
      .update({ dead_at: new Date(), last_error: 'no way there (ENOTFOUND)', attempts: 12 });

    const table = await shell.done(['outbox', 'list', '--dead']);
    const [item] = Object.values((await shell.done(['outbox', 'list', '--json'])).json());
    const { id, state, attempts } = Object(item);
    const again = await shell.done(['outbox', 'retry', id]);

    assert.equal(none.out, 'There are no permanently failed jobs.\n');
    assert.match(
      table.out,
      /^ID .*\n[\w-]{36}  backchannel_logout  dead .* no way there \(ENOTFOUND\)\n$/,
    );
    assert.deepEqual([state, attempts], ['dead', 12]);
    assert.match(again.out, / waiting .* 0 /);
    const [row] = await app.services.db.knex('outbox').where({ id });
    assert.deepEqual([row.dead_at, row.attempts, row.due_at <= new Date()], [null, 0, true]);
    const { rows } = await app.services.db.knex.raw(
      `select user_id from audit_events where event = 'notice.retried'`,
    );
    assert.deepEqual(rows, [{ user_id: person.id }]);
  });

  it('report that there is nothing to retry', async (t) => {
    const { shell } = await openBoth(t);

    const unknown = await shell.run(['outbox', 'retry', '01a20604-03a9-4e2e-9043-e51c1dddea66']);
    const odd = await shell.run(['outbox', 'retry', 'everything']);
    const all = await shell.done(['outbox', 'retry', 'all']);

    assert.equal(unknown.exitCode, 3);
    assert.match(unknown.err, /No permanently failed job has this id\./);
    assert.equal(odd.exitCode, 2);
    assert.equal(all.out, 'There are no permanently failed jobs.\n');
  });
});

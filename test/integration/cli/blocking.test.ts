// Blocking by command, on each backend, and its effect on a running server.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createDirectory } from '#test/support/services/databases.ts';
import { countsOf, openBoth } from '#test/support/cli/server-and-cli.ts';
import { openBackend, places } from '#test/support/cli/backends.ts';
import { closeInReverse, openShell, type Shell } from '#test/support/cli/shell.ts';

const password = 'seven grey herons at noon\n';
const metadata = '{"redirect_uris":["https://app.example/"]}';

for (const place of places) {
  describe(`blocking by command (${place})`, () => {
    const closing = closeInReverse({ after });
    let opened: Shell | undefined;
    before(async () => {
      opened = await openBackend(closing, place);
    });
    const shell = (): Shell => {
      assert.ok(opened);
      return opened;
    };

    it('blocks a user until a time, with a receipt, and unblocks the user', async () => {
      const email = await makePerson(shell(), 'ann');
      const until = ['--until', '2100-01-01'];

      const blocked = await shell().done([
        'user',
        'block',
        email,
        '--reason',
        'spam',
        ...until,
        '--json',
      ]);
      const shown = await shell().done(['user', 'show', email, '--json']);
      const unblocked = await shell().done(['user', 'unblock', email]);
      const again = await shell().run(['user', 'unblock', email, '--json']);

      assert.deepEqual(Object.keys(blocked.json()), [
        'id',
        'at',
        'milliseconds',
        'parts',
        'refused',
      ]);
      assert.deepEqual(countsOf(blocked), {
        account: 1,
        sessions: 0,
        logout_notices: 0,
        grants: 0,
        refresh_families: 0,
        mail: 1,
      });
      assert.match(String(shown.json()['blocked_at']), /^2/);
      assert.match(unblocked.out, /^ann@example\.org may sign in again\.\n/);
      assert.deepEqual([again.exitCode, again.json()['error']], [4, 'conflict']);
    });

    it('signs out one user, and all users', async () => {
      const email = await makePerson(shell(), 'bo');

      const one = await shell().done(['user', 'sign-out', email, '--json']);
      const all = await shell().done(['everyone', 'sign-out', '--yes', '--json']);
      const listed = await shell().done(['session', 'list', '--json']);

      assert.equal(countsOf(one)['sessions'], 0);
      assert.equal(countsOf(all)['sessions'], 0);
      assert.deepEqual(Object.values(listed.json()), []);
    });

    it('disables a client and enables it again', async () => {
      const made = await shell().done(['client', 'create', '--metadata', '-', '--json'], metadata);
      const id = String(made.json()['client_id']);

      const disabled = await shell().done(['client', 'disable', id, '--json']);
      const twice = await shell().run(['client', 'disable', id]);
      const enabled = await shell().done(['client', 'enable', id, '--json']);
      const again = await shell().run(['client', 'enable', id]);

      assert.equal(countsOf(disabled)['client'], 1);
      assert.equal(countsOf(enabled)['client'], 1);
      assert.deepEqual([twice.exitCode, again.exitCode], [4, 4]);
    });

    it('exits with 3 if the user, client or session is not found', async () => {
      const missing = [
        ['user', 'block', 'nobody@example.org', '--reason', 'x'],
        ['session', 'show', 'no-such-session'],
        ['session', 'end', 'no-such-session'],
        ['client', 'disable', 'no-such-app'],
      ];
      for (const args of missing)
        assert.equal((await shell().run(args)).exitCode, 3, args.join(' '));
    });

    it('exports the audit log and verifies the chain, including against an exported head', async () => {
      const email = await makePerson(shell(), 'di');
      await shell().done(['user', 'block', email, '--reason', 'spam']);

      const exported = await shell().done(['audit', 'export', '--user', email, '--no-personal']);
      const verified = await shell().done(['audit', 'verify', '--json']);
      const withHead = await shell().done(['audit', 'verify', '--head', '-'], exported.out);
      const withNoHead = await shell().run(['audit', 'verify', '--head', '-'], 'nothing');

      const lines = exported.out
        .trimEnd()
        .split('\n')
        .map((line): unknown => JSON.parse(line));
      const [head] = lines.slice(-1);
      assert.deepEqual(
        lines.slice(0, -1).map((line) => Object(line).event),
        ['user.registered', 'user.blocked'],
      );
      assert.equal(Object(lines[1]).details.reason, 'spam');
      assert.ok(lines.slice(0, -1).every((line) => !('personal' in Object(line))));
      assert.equal(Object(head).head.seq, verified.json()['entries']);
      assert.equal(verified.json()['whole'], true);
      assert.match(withHead.out, /^The audit log is intact\./);
      assert.equal(withNoHead.exitCode, 2);
    });
  });
}

describe('invalid arguments', () => {
  const block = ['user', 'block', 'ann@example.org'];
  const wrong = [
    block,
    [...block, '--reason', ' '],
    [...block, '--reason', 'x', '--until', 'tomorrow'],
    ['session', 'list', '--limit', '0'],
    ['audit', 'export', '--event', 'party.thrown'],
    ['audit', 'export', '--from', '2026-13-45'],
  ];
  for (const args of wrong) {
    it(`exit with 2: ${args.join(' ')}`, async (t) => {
      const closing = closeInReverse(t);
      const shell = await openShell(closing, { DATA_DIRECTORY: await createDirectory(closing) });

      assert.equal((await shell.run(args)).exitCode, 2);
    });
  }
});

describe('a command on the PostgreSQL of a running server', () => {
  it('blocks a user on the server within a second', async (t) => {
    const { app, shell } = await openBoth(t);
    const rp = await app.relyingParty({ auth: 'client_secret_basic' });
    const person = await app.createUser();
    const { accessToken } = await rp.login(person);
    assert.equal(await rp.isActive(accessToken), true);

    const block = ['user', 'block', person.email, '--reason', 'spam', '--json'];
    const tooLate = await shell.run([...block, '--until', '2020-01-01']);
    const receipt = await shell.done(block);

    assert.equal(tooLate.exitCode, 2);
    assert.deepEqual([countsOf(receipt)['sessions'], countsOf(receipt)['grants']], [1, 1]);
    await pause(1000);
    assert.equal(await rp.isActive(accessToken), false);
    assert.equal((await rp.tryUserinfo(accessToken)).status, 401);
  });
});

async function makePerson(shell: Shell, name: string): Promise<string> {
  const email = `${name}@example.org`;
  await shell.done(['user', 'create', '--email', email, '--password-stdin'], password);
  return email;
}

// Commands for credentials, grants and statistics, which use the services of the management API.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openBackend, places } from '#test/support/cli/backends.ts';
import { closeInReverse, type Shell } from '#test/support/cli/shell.ts';

const password = 'seven grey herons at noon\n';
const [place] = places;

describe('commands for the administration of accounts', () => {
  const closing = closeInReverse({ after });
  let opened: Shell | undefined;
  before(async () => {
    opened = await openBackend(closing, place);
    const options = ['--email', 'ann@example.org', '--password-stdin'];
    await opened.done(['user', 'create', ...options], password);
  });
  const shell = (): Shell => {
    assert.ok(opened);
    return opened;
  };

  it('list the credentials of a user and remove the password', async () => {
    const user = ['ann@example.org', '--json'];

    const shown = (await shell().done(['user', 'credentials', ...user])).json();
    await shell().done(['user', 'remove-password', ...user]);
    const later = (await shell().done(['user', 'credentials', ...user])).json();

    assert.equal(typeof Object(shown['password']).changed_at, 'string');
    assert.deepEqual(
      [later['password'], later['second_factor'], later['passkeys']],
      [null, null, []],
    );
  });

  it('queue the recovery mail', async () => {
    const sent = await shell().done(['user', 'send-recovery-mail', 'ann@example.org', '--json']);

    assert.deepEqual(sent.json(), { sent: true });
  });

  it('list grants, and revoke those of a client', async () => {
    const listed = await shell().done(['grant', 'list', 'ann@example.org']);
    const metadata = '{"client_id":"app","redirect_uris":["https://a.example"]}';
    await shell().done(['client', 'create', '--metadata', '-'], metadata);
    const revoked = await shell().done(['client', 'revoke-grants', 'app', '--yes', '--json']);

    assert.match(listed.out, /no grants/);
    assert.equal(typeof revoked.json()['id'], 'string');
  });

  it('keep the previous secret of a client for the overlap', async () => {
    const metadata = '{"client_id":"job","redirect_uris":["https://a.example"]}';
    await shell().done(['client', 'create', '--metadata', '-'], metadata);
    const options = ['--overlap', '600', '--yes', '--json'];

    const rotated = await shell().done(['client', 'rotate-secret', 'job', ...options]);

    const until = new Date(String(rotated.json()['previous_secret_valid_until']));
    assert.ok(until.getTime() > Date.now() + 500_000);
  });

  it('count users', async () => {
    const counted = await shell().done(['statistics', '--json']);

    assert.equal(Object(counted.json()['counts']).users, 1);
  });

  it('print the OpenAPI document', async () => {
    const printed = await shell().done(['openapi']);

    assert.equal(JSON.parse(printed.out).openapi, '3.1.0');
  });
});

// Commands that read and write data, on each backend.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openBackend, places } from '#test/support/cli/backends.ts';
import { closeInReverse, createEmptyDirectory, type Shell } from '#test/support/cli/shell.ts';

const password = 'seven grey herons at noon\n';

for (const place of places) {
  describe(`data commands (${place})`, () => {
    const closing = closeInReverse({ after });
    let opened: Shell | undefined;
    before(async () => {
      opened = await openBackend(closing, place);
    });
    const shell = (): Shell => {
      assert.ok(opened);
      return opened;
    };

    it('create a user, and find it by every spelling of its address', async (t) => {
      const claims = join(await createEmptyDirectory(t), 'claims.json');
      await writeFile(claims, '{"given_name":"Ann","address":{"country":"NO"}}');
      const options = ['--name', 'Ann Berg', '--claims', claims, '--verified', '--json'];

      const made = await shell().done(
        ['user', 'create', '--email', 'Ann@Example.org', '--password-stdin', ...options],
        password,
      );
      const shown = await shell().done(['user', 'show', 'ann@EXAMPLE.org', '--json']);

      const user = made.json();
      assert.match(String(user['id']), /^[0-9a-f-]{36}$/);
      assert.equal(user['email'], 'Ann@Example.org');
      assert.equal(user['email_verified'], true);
      const expected = { name: 'Ann Berg', given_name: 'Ann', address: { country: 'NO' } };
      assert.deepEqual(user['claims'], expected);
      assert.partialDeepStrictEqual(shown.json(), user);
    });

    it('invite a user by a link that is valid for a week', async () => {
      const invite = ['user', 'invite', '--email', 'guest@example.org', '--json'];

      const invited = (await shell().done(invite)).json();
      await shell().done(
        ['user', 'create', '--email', 'in@example.org', '--password-stdin'],
        password,
      );
      const refused = await shell().run(['user', 'invite', '--email', 'in@example.org', '--json']);
      const odd = await shell().run(['user', 'invite', '--email', 'no address', '--json']);

      assert.equal(invited['email'], 'guest@example.org');
      assert.match(String(invited['link']), /\/auth\/invitation\/[\w-]{43}$/);
      assert.match(String(invited['expires_at']), /^\d{4}-/);
      assert.deepEqual(
        [refused.json()['error'], odd.json()['error']],
        ['email_taken', 'invalid_input'],
      );
    });

    it('report a duplicate address by code, exit code and message', async () => {
      const create = ['user', 'create', '--email', 'bo@example.org', '--password-stdin', '--json'];
      await shell().done(create, password);

      const again = await shell().run(create, password);

      const message = 'There is already an account with this email address.';
      assert.deepEqual(again.json(), { error: 'email_taken', message });
      assert.equal(again.err, `${message}\n`);
      assert.equal(again.exitCode, 4);
    });

    it('grant the administrator role once', async () => {
      const create = ['user', 'create', '--email', 'cy@example.org', '--password-stdin', '--json'];
      const { id } = (await shell().done(create, password)).json();

      const first = await shell().done(['user', 'set-admin', String(id), '--json']);
      const second = await shell().done(['user', 'set-admin', 'cy@example.org']);

      assert.deepEqual(first.json()['roles'], ['admin']);
      assert.match(second.out, /already an administrator/);
    });

    it('show a client secret once, at registration', async () => {
      const metadata = JSON.stringify({
        redirect_uris: ['https://app.example/callback'],
        client_name: 'An app',
        first_party: true,
      });

      const made = await shell().done(['client', 'create', '--metadata', '-', '--json'], metadata);
      const { client_id: id, client_secret: secret, ...rest } = made.json();
      const shown = await shell().done(['client', 'show', String(id), '--json']);

      assert.match(String(secret), /^[\w-]{43}$/);
      assert.equal(rest['first_party'], true);
      assert.deepEqual(shown.json(), { client_id: id, ...rest, has_secret: true });
    });

    it('keep a given client_id and client_secret', async () => {
      const given = { client_id: 'app-one', client_secret: 'a'.repeat(31) + 'Z' };
      const metadata = JSON.stringify({ ...given, redirect_uris: ['https://app.example/'] });
      const create = ['client', 'create', '--metadata', '-', '--json'];

      const made = await shell().done(create, metadata);
      const again = await shell().run(create, metadata);

      assert.equal(made.json()['client_id'], given.client_id);
      assert.equal(made.json()['client_secret'], given.client_secret);
      assert.equal(again.json()['error'], 'conflict');
      assert.equal(again.exitCode, 4);
    });

    it('register an API and list it after the built-in one', async () => {
      const audience = 'https://api.example/';
      const options = ['--scopes', 'read write', '--format', 'jwt', '--seconds', '60', '--json'];

      const made = await shell().done(['resource', 'create', '--audience', audience, ...options]);
      const listed = await shell().done(['resource', 'list', '--json']);

      const expected = {
        audience,
        scopes: ['read', 'write'],
        access_token_format: 'jwt',
        access_token_seconds: 60,
        requires_permission: false,
        authorization_details_types: [],
        revocable: false,
      };
      assert.deepEqual(made.json(), expected);
      const [own, ...others] = Object.values(listed.json());
      assert.match(JSON.stringify(own), /"audience":"http:[^"]+\/auth\/api"/);
      assert.deepEqual(others, [expected]);
    });

    it('exit with 3 if the record is not found', async () => {
      const user = await shell().run(['user', 'show', 'nobody@example.org', '--json']);
      const client = await shell().run(['client', 'show', 'no-such-app']);

      assert.equal(user.json()['error'], 'user_not_found');
      assert.equal(user.exitCode, 3);
      assert.equal(client.err, 'Client not found.\n');
      assert.equal(client.exitCode, 3);
    });

    it('list signing keys without private members, and the applied migrations', async () => {
      const keys = await shell().done(['keys', 'list', '--json']);
      const migrated = await shell().done(['migrate', '--json']);

      for (const key of Object.values(keys.json())) {
        assert.deepEqual(Object.keys(Object(key)), [
          'kid',
          'alg',
          'status',
          'created_at',
          'activated_at',
          'activates_at',
          'retires_at',
          'retired_at',
          'revoked',
        ]);
      }
      assert.match(JSON.stringify(migrated.json()['applied']), /^\["0001-foundation"/);
    });
  });
}

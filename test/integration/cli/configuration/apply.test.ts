// `apply` and `export` on each kind of database.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openBackend, places } from '#test/support/cli/backends.ts';
import { closeInReverse, createEmptyDirectory, type Shell } from '#test/support/cli/shell.ts';

const uri = 'https://shop.example/callback';
const file = {
  version: 1,
  resources: { 'https://api.example': { scopes: ['write', 'read'], access_token_format: 'jwt' } },
  clients: {
    shop: { redirect_uris: [uri], access: { roles: ['editor'], groups: ['Sales'] } },
    spa: { redirect_uris: [uri], token_endpoint_auth_method: 'none' },
  },
  roles: {
    editor: { permissions: { 'https://api.example': ['read'], management: ['users:read'] } },
    'shop:buyer': {},
  },
  groups: { Sales: { roles: ['editor', 'shop:buyer'] } },
  organizations: { acme: { display_name: 'Acme Ltd' } },
};

// Without a server, an embedded database runs the same code and takes seconds to open each time.
for (const place of places.filter((each) => each !== 'embedded')) {
  describe(`a configuration file (${place})`, () => {
    const closing = closeInReverse({ after });
    let opened: Shell | undefined;
    before(async () => {
      opened = await openBackend(closing, place);
    });
    const run = (args: readonly string[], document: unknown) => {
      assert.ok(opened);
      return opened.run(['apply', '-', ...args], JSON.stringify(document));
    };
    const done = async (args: readonly string[]) => {
      assert.ok(opened);
      return opened.done(args);
    };

    it('is shown as a plan that writes nothing and exits with 2', async () => {
      const plan = await run(['--plan', '--json'], file);
      const again = await run(['--plan'], file);

      assert.deepEqual([plan.exitCode, again.exitCode], [2, 2]);
      assert.deepEqual(plan.json()['counts'], { create: 7, update: 0, delete: 0, unchanged: 0 });
      assert.match(
        again.out,
        /^\+ resources\.https:\/\/api\.example\n {4}access_token_format: "jwt"\n/,
      );
      assert.doesNotMatch(plan.out + again.out, /client_secret/);
    });

    it('is applied, prints generated secrets once, and then has no difference', async () => {
      const applied = await run(['--json'], file);
      const plan = await run(['--plan'], file);
      const empty = await run(['--plan', '--json'], { version: 1 });

      assert.equal(applied.exitCode, 0, applied.err);
      const [secret, ...others] = secretsOf(applied.json());
      assert.match(String(secret), /^[\w-]{43}$/);
      assert.deepEqual(others, []);
      assert.deepEqual([plan.exitCode, plan.out], [0, 'Nothing differs: 7 unchanged.\n']);
      assert.equal(empty.exitCode, 0);
      assert.equal(
        (await done(['client', 'access', 'shop', '--json'])).json()['access'] !== null,
        true,
      );
    });

    it('is what export prints, as YAML and as JSON', async () => {
      const yaml = await done(['export']);
      const json = await done(['export', '--json']);
      assert.ok(opened);

      const ofYaml = await opened.run(['apply', '-', '--plan', '--prune'], yaml.out);
      const ofJson = await opened.run(['apply', '-', '--plan', '--prune'], json.out);

      assert.deepEqual([ofYaml.exitCode, ofJson.exitCode], [0, 0]);
      assert.doesNotMatch(yaml.out, /secret:/);
      assert.match(yaml.out, /^# Configuration of Ostiary/);
    });

    it('changes and removes members, with the old and the new value in the plan', async () => {
      const changed = structuredClone<Loose>(file);
      changed['clients'] = { ...file.clients, shop: { redirect_uris: [uri], client_name: 'Shop' } };
      changed['roles'] = { ...file.roles, editor: { description: 'Edits' } };
      changed['groups'] = { Sales: { roles: ['editor'] } };

      const plan = await run(['--plan'], changed);
      const applied = await run([], changed);
      const left = await run(['--plan'], changed);

      assert.match(
        plan.out,
        /~ clients\.shop\n {4}access: \{.+\} -> \(none\)\n {4}client_name: \(none\) -> "Shop"/,
      );
      assert.match(
        plan.out,
        /~ groups\.Sales\n {4}roles: \["editor","shop:buyer"\] -> \["editor"\]/,
      );
      assert.deepEqual([plan.exitCode, applied.exitCode, left.exitCode], [2, 0, 0], applied.err);
      assert.match(applied.out, /0 created, 3 updated, 0 deleted, 4 unchanged\.\n$/);
      const shown = await done(['role', 'show', 'editor', '--json']);
      assert.deepEqual(shown.json()['permissions'], []);
    });

    it('leaves objects that it does not contain unchanged, and with --prune deletes those of its sections', async () => {
      const smaller = { version: 1, clients: { shop: file.clients.shop }, groups: {} };

      const kept = await run(['--plan'], { version: 1, groups: {} });
      const unconfirmed = await run(['--prune'], smaller);
      const plan = await run(['--plan', '--prune'], smaller);
      const refused = await run(['--prune', '--yes'], smaller);
      const pruned = await run(['--prune', '--yes'], {
        ...smaller,
        clients: { shop: { redirect_uris: [uri] } },
      });

      assert.equal(kept.exitCode, 0);
      assert.equal(unconfirmed.exitCode, 2);
      assert.match(unconfirmed.err, /Add --plan to look, or --yes/);
      // The client refers to a group that is deleted.
      assert.deepEqual([plan.exitCode, refused.exitCode], [1, 1]);
      assert.match(
        refused.err,
        /The file contradicts itself: .*clients\.shop.*Nothing was written/,
      );
      assert.equal(pruned.exitCode, 0, pruned.err);
      assert.match(pruned.out, /- groups\.Sales\n- clients\.spa\n/);
      const left = await done(['export', '--json']);
      assert.deepEqual(Object.keys(Object(left.json()['clients'])), ['shop']);
      assert.deepEqual(Object.keys(Object(left.json()['roles'])), ['editor', 'shop:buyer']);
    });

    it('is refused as a whole, naming each fault with its line', async () => {
      const text = [
        'version: 1',
        'roles:',
        '  new: {}',
        'clients:',
        '  bad: {redirect_uris: ["https://*.example"]}',
        '  worse: {redirect_urls: []}',
      ].join('\n');
      assert.ok(opened);

      const ran = await opened.run(['apply', '-'], text);
      const unknown = await run([], {
        version: 1,
        roles: { more: { permissions: { 'https://x.example': ['a'] } } },
      });

      assert.deepEqual([ran.exitCode, unknown.exitCode], [1, 1]);
      assert.match(ran.err, /line 5, column 3: clients\.bad: redirect_uris are compared/);
      assert.match(ran.err, /line 6, column 3: clients\.worse: .*Did you mean redirect_uris\?/);
      assert.match(unknown.err, /roles\.more: There is no API with this audience/);
      const roles = await done(['role', 'list', '--json']);
      assert.doesNotMatch(roles.out, /"new"|"more"/);
    });

    it('is in the audit log with the events of the commands', async () => {
      const log = await done(['audit', 'export']);

      for (const event of ['client.created', 'client.updated', 'client.deleted', 'role.created']) {
        assert.match(log.out, new RegExp(`"event":"${event}"`));
      }
      assert.doesNotMatch(log.out, /"event":"role\.created"[^\n]*"new"/);
    });
  });
}

describe('the secret of a client in a configuration file', () => {
  const closing = closeInReverse({ after });
  const secrets = [
    'first-0123456789-0123456789-0123456789',
    'second-0123456789-0123456789-0123456789',
  ];
  let opened: Shell | undefined;
  let directory = '';
  before(async () => {
    opened = await openBackend(closing, 'postgres');
    directory = await createEmptyDirectory(closing);
  });
  const run = async (reference: unknown, ...options: readonly string[]) => {
    assert.ok(opened);
    const clients = { job: { redirect_uris: [uri], client_secret: reference } };
    return opened.run(['apply', '-', ...options], JSON.stringify({ version: 1, clients }));
  };

  it('is read from a file, compared by its hash and never printed', async () => {
    const path = join(directory, 'secret');
    await writeFile(path, `${secrets[0]}\n`);

    const applied = await run({ file: path });
    const same = await run({ file: path }, '--plan');
    await writeFile(path, secrets[1] ?? '');
    const other = await run({ file: path }, '--plan');
    const changed = await run({ file: path, overlap_seconds: 600 }, '--json');

    assert.deepEqual(
      [applied, same, other, changed].map(({ exitCode }) => exitCode),
      [0, 0, 2, 0],
    );
    assert.match(other.out, /~ clients\.job\n {4}client_secret: changed\n/);
    assert.deepEqual(secretsOf(changed.json()), []);
    const printed = [applied, same, other, changed].map(({ out, err }) => out + err).join('');
    for (const secret of secrets) assert.ok(!printed.includes(secret));
    assert.ok(opened);
    const shown = (await opened.done(['client', 'show', 'job', '--json'])).out;
    assert.doesNotMatch(shown, /-0123456789/);
  });

  it('must exist and be strong', async () => {
    const path = join(directory, 'weak');
    await writeFile(path, 'weak-horse');

    const ran = [
      await run({ env: 'NO_SUCH_VARIABLE' }),
      await run({ file: '/nowhere' }),
      await run({ file: path }),
    ];

    assert.deepEqual(
      ran.map(({ exitCode }) => exitCode),
      [1, 1, 1],
    );
    assert.match(
      ran[0]?.err ?? '',
      /line 1, column \d+: The variable NO_SUCH_VARIABLE is not set or empty/,
    );
    assert.match(ran[1]?.err ?? '', /\/nowhere cannot be read \(ENOENT\)/);
    assert.match(ran[2]?.err ?? '', /client_secret must be 32 to 255 printable/);
    assert.doesNotMatch(ran[2]?.err ?? '', /horse/);
  });
});

type Loose = Record<string, unknown>;

function secretsOf(document: Readonly<Record<string, unknown>>): readonly unknown[] {
  const changes: unknown[] = Array.isArray(document['changes']) ? document['changes'] : [];
  return changes.flatMap((change) => Object(change).client_secret ?? []);
}

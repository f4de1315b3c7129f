// Runs the scripts of docs/import.md on exports in the formats of the other systems, imports their
// output with the command line and signs in with the old passwords.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { hash as bcrypt } from '@node-rs/bcrypt';
import { openBoth } from '#test/support/cli/server-and-cli.ts';
import { closeInReverse, createEmptyDirectory } from '#test/support/cli/shell.ts';
import {
  firebaseSample,
  keycloakArgon2,
  keycloakCredential,
} from '#test/support/data/password-samples.ts';

const page = readFileSync(new URL('../../../docs/import.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/^```js\n\/\/ ([a-z0-9]+\.mjs)\n[^]*?^```/gm)];
const password = 'the old words of Ann';

/** Runs the recipe with these input files; returns the path of its output and its stderr. */
async function runRecipe(t: TestContext, recipe: string, files: Readonly<Record<string, string>>) {
  const directory = await createEmptyDirectory(t);
  const [block = ''] = blocks.find(([, name]) => name === recipe) ?? [];
  await writeFile(join(directory, recipe), block.split('\n').slice(1, -1).join('\n'));
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(directory, name), content);
  }
  const ran = spawnSync(process.execPath, [recipe, ...Object.keys(files)], { cwd: directory });
  assert.equal(ran.status, 0, String(ran.stderr));
  const path = join(directory, 'people.jsonl');
  await writeFile(path, ran.stdout);
  return { path, err: String(ran.stderr) };
}

describe('import scripts of docs/import.md', () => {
  const closing = closeInReverse({ after });
  let opened: Awaited<ReturnType<typeof openBoth>> | undefined;
  before(async () => {
    opened = await openBoth(closing);
  });
  const both = () => {
    assert.ok(opened);
    return opened;
  };

  /** Imports the file and signs in as one of its users. */
  async function importAndSignIn(path: string, email: string, old: string) {
    const { app, shell } = both();
    const report = (await shell.done(['user', 'import', path, '--json'])).json();
    const user = await app.services.users.findByEmailKey(email);
    assert.ok(user);
    const rp = await app.relyingParty();
    const { claims } = await rp.login({ id: user.id, email, password: old });
    assert.equal(claims['sub'], user.id);
    return { user, report };
  }

  const common = {
    createdTimestamp: 1_490_000_000_000,
    enabled: true,
    emailVerified: true,
    totp: false,
    requiredActions: [],
    realmRoles: ['default-roles-shop'],
  };

  it('convert a Keycloak export with ids, PBKDF2 and argon2 hashes', async (t) => {
    const id = '5f1c0d1e-1111-4222-8333-0a0b0c0d0e0f';
    const ann = {
      ...common,
      id,
      username: 'ann',
      email: 'ann@kc.example',
      firstName: 'Ann',
      lastName: 'Berg',
      attributes: { locale: ['nb'] },
      credentials: [
        { id: 'x', type: 'otp', secretData: '{}', credentialData: '{}' },
        { id: 'y', type: 'password', createdDate: 1, ...keycloakCredential(password) },
      ],
    };
    const bo = {
      ...common,
      id: id.replace('5f', '6f'),
      username: 'bo',
      email: 'bo@kc.example',
      enabled: false,
      credentials: [{ id: 'z', type: 'password', ...(await keycloakArgon2(password)) }],
    };
    const robot = { ...common, id: id.replace('5f', '7f'), username: 'robot' };
    const cy = { ...bo, id: id.replace('5f', '8f'), email: 'cy@kc.example', enabled: true };

    const { path, err } = await runRecipe(t, 'keycloak.mjs', {
      'shop-users-0.json': JSON.stringify({ realm: 'shop', users: [ann, robot] }),
      'shop-users-1.json': JSON.stringify({ realm: 'shop', users: [bo, cy] }),
    });
    const { user, report } = await importAndSignIn(path, 'ann@kc.example', password);
    await importAndSignIn(path, 'cy@kc.example', password);
    const blocked = await both().app.services.users.findByEmailKey('bo@kc.example');

    assert.match(err, /robot has no email address/);
    assert.equal(report['imported'], 3);
    assert.deepEqual([user.id, user.emailVerified], [id, true]);
    assert.deepEqual(user.claims, {
      name: 'Ann Berg',
      given_name: 'Ann',
      family_name: 'Berg',
      preferred_username: 'ann',
      locale: 'nb',
    });
    assert.equal(user.createdAt.getTime(), common.createdTimestamp);
    assert.ok(blocked?.blockedAt);
  });

  it('convert an Auth0 export with bcrypt hashes', async (t) => {
    const people = [
      {
        user_id: 'auth0|5f7c8ec7c33c6c004bbafe82',
        email: 'ann@a0.example',
        email_verified: true,
        name: 'ann@a0.example',
        nickname: 'ann',
        picture: 'https://s.gravatar.com/avatar/1?s=480',
        created_at: '2020-10-06T15:34:31.331Z',
      },
      { user_id: 'google-oauth2|1', email: 'bo@a0.example', email_verified: true, name: 'Bo' },
    ];
    const hashes = {
      _id: { $oid: '5f7c8ec7c33c6c004bbafe82' },
      email_verified: true,
      email: 'ann@a0.example',
      passwordHash: await bcrypt(password, 4),
      password_set_date: { $date: '2020-10-06T15:34:31.331Z' },
      tenant: 'shop',
      connection: 'Username-Password-Authentication',
    };

    const { path } = await runRecipe(t, 'auth0.mjs', {
      'users.json': people.map((each) => `${JSON.stringify(each)}\n`).join(''),
      'hashes.json': `${JSON.stringify(hashes)}\n`,
    });
    const { user, report } = await importAndSignIn(path, 'ann@a0.example', password);
    const again = (await both().shell.done(['user', 'import', path, '--json'])).json();

    assert.equal(report['imported'], 2);
    assert.equal(again['exists'], 2);
    assert.deepEqual(user.claims, { nickname: 'ann', picture: people[0]?.picture });
    assert.match(user.id, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('convert a Firebase export with the scrypt parameters of the project', async (t) => {
    const { parameters, salt, hash, password: old } = firebaseSample;
    const users = [
      {
        localId: 'gQ4W6rjO8jYZxYkd4Q4sRXQmxSp1',
        email: 'ann@fb.example',
        emailVerified: false,
        passwordHash: hash,
        salt,
        displayName: 'Ann Berg',
        lastSignedInAt: '1490000000000',
        createdAt: '1490000000000',
        phoneNumber: '+4722225555',
        providerUserInfo: [],
      },
      { localId: 'phone', phoneNumber: '+4722225556', createdAt: '1490000000000' },
    ];
    const given = {
      base64_signer_key: parameters.signer_key,
      base64_salt_separator: parameters.salt_separator,
      rounds: parameters.rounds,
      mem_cost: parameters.mem_cost,
    };

    const { path, err } = await runRecipe(t, 'firebase.mjs', {
      'users.json': JSON.stringify({ users }),
      'parameters.json': JSON.stringify(given),
    });
    const { user, report } = await importAndSignIn(path, 'ann@fb.example', old);

    assert.match(err, /phone has no email address/);
    assert.equal(report['imported'], 1);
    assert.deepEqual(user.claims, { name: 'Ann Berg', phone_number: '+4722225555' });
    assert.equal(user.emailVerified, false);
  });
});

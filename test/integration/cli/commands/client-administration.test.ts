// client create --type, update, rotate-secret, block and delete, resource show, update and delete: output,
// audit, and their effect on issued tokens.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { describeApp, type TestApp } from '#test/support/app.ts';
import { atOnce, offline } from '#test/support/data/outcomes.ts';

const redirect = ['--redirect-uri', 'https://app.example/cb'];

describeApp('client create --type', {}, (app) => {
  for (const [type, method] of [
    ['web', 'client_secret_basic'],
    ['spa', 'none'],
    ['native', 'none'],
    ['service', 'client_secret_basic'],
  ] as const) {
    it(`registers a client of type ${type} without metadata`, async () => {
      const { done } = createCommandRunner(app().services);
      const options =
        type === 'service' ? [] : [...redirect, '--redirect-uri', 'https://b.example/'];

      const made = await done([
        'client',
        'create',
        '--name',
        'My app',
        '--type',
        type,
        '--json',
        ...options,
      ]);

      const client = made.json();
      assert.equal(client['client_name'], 'My app');
      assert.equal(client['token_endpoint_auth_method'], method);
      const uris = ['https://app.example/cb', 'https://b.example/'];
      assert.deepEqual(client['redirect_uris'], type === 'service' ? [] : uris);
    });
  }

  it('suggests a type, and refuses two kinds of presets', async () => {
    const { run } = createCommandRunner(app().services);

    const unknown = await run(['client', 'create', '--type', 'natve', ...redirect]);
    const both = await run(['client', 'create', '--type', 'web', '--for', 'spring', ...redirect]);

    assert.match(unknown.err, /^--type takes web, spa, native, .*\. Did you mean native\?/);
    assert.match(both.err, /^--type and --for cannot both be given/);
    assert.deepEqual([unknown.exitCode, both.exitCode], [2, 2]);
  });
});

describeApp('client update', {}, (app) => {
  it('corrects a redirect URI, and issued tokens stay valid', async () => {
    const { done } = createCommandRunner(app().services);
    const { rp, login, clientId } = await signIn(app());

    const updated = await done([
      'client',
      'update',
      clientId,
      '--add-redirect-uri',
      'https://new.example/cb',
      '--json',
    ]);
    const renamed = await done(['client', 'update', clientId, '--name', 'Renamed']);

    const client = updated.json();
    assert.deepEqual(client['redirect_uris'], ['https://rp.example/cb', 'https://new.example/cb']);
    assert.equal(client['revoked'], false);
    assert.match(renamed.out, /^The client is updated\. What was issued to it stays valid\./);
    assert.equal(await rp.isActive(login.refreshToken), true);
    const next = await rp.request({ redirect_uri: 'https://new.example/cb' });
    assert.equal((await app().browser().open(next.url)).has('sign-in'), true);
    assert.deepEqual(await eventsOf(app(), clientId, 'client.updated'), ['operator', 'operator']);
  });

  it('revokes issued tokens if the change removes a scope', async () => {
    const { done } = createCommandRunner(app().services);
    const { rp, login, clientId } = await signIn(app());

    const updated = await done(['client', 'update', clientId, '--scope', 'openid', '--json']);

    assert.equal(updated.json()['revoked'], true);
    assert.equal(await rp.isActive(login.refreshToken), false);
    assert.equal(await rp.isActive(login.accessToken), false);
  });

  it('validates like a registration', async () => {
    const { run } = createCommandRunner(app().services);
    const { clientId } = await app().createClient();
    const update = (changes: object) =>
      run(['client', 'update', clientId, '--metadata', '-', '--json'], JSON.stringify(changes));

    const misspelt = await update({ redirect_uri: 'https://x.example/' });
    const wildcard = await update({ redirect_uris: ['https://*.example/'] });
    const secret = await update({ client_secret: 'x'.repeat(40) });
    const missing = await run(['client', 'update', 'no-such-app', '--name', 'x']);

    assert.match(misspelt.err, /Did you mean redirect_uris\?/);
    assert.match(wildcard.err, /compared to the letter/);
    assert.match(secret.err, /client rotate-secret/);
    assert.equal(missing.exitCode, 3);
  });

  it('accepts one of two concurrent changes and refuses the other', async () => {
    const { run } = createCommandRunner(app().services);
    const { clientId } = await app().createClient();
    await run(['client', 'update', clientId, '--name', 'Warm']);

    const ran = await atOnce((turn) =>
      run(['client', 'update', clientId, '--name', `Name ${turn}`, '--json']),
    );

    const conflicts = ran.filter(({ exitCode }) => exitCode === 4);
    const shown = (await run(['client', 'show', clientId, '--json'])).json();
    assert.ok(conflicts.length < ran.length, 'one change succeeds');
    const names = ran.filter(({ exitCode }) => exitCode === 0).map((one) => one.json());
    assert.ok(names.some((client) => client['client_name'] === shown['client_name']));
  });
});

describeApp('client rotate-secret', {}, (app) => {
  it('replaces the secret immediately and keeps tokens unless told otherwise', async () => {
    const { done, run } = createCommandRunner(app().services);
    const { rp, login, clientId } = await signIn(app(), 'client_secret_post');

    const rotated = await done(['client', 'rotate-secret', clientId, '--yes', '--json']);
    const refused = await rp.tryRefresh(login.refreshToken);
    const client_secret = String(rotated.json()['client_secret']);
    const accepted = await rp.tryRefresh(login.refreshToken, { client_secret });
    const unconfirmed = await run(['client', 'rotate-secret', clientId]);

    assert.equal(refused.status, 401);
    assert.equal(accepted.status, 200);
    assert.match(client_secret, /^[\w-]{43}$/);
    assert.match(unconfirmed.err, /^This cannot be undone\. Add --yes to confirm\./);
    assert.equal(unconfirmed.exitCode, 2);
    assert.deepEqual(await eventsOf(app(), clientId, 'client.secret_rotated'), ['operator']);
  });

  it('revokes grants and tokens on request, and refuses a client without a secret', async () => {
    const { done, run } = createCommandRunner(app().services);
    const { rp, login, clientId } = await signIn(app(), 'client_secret_post');
    const { clientId: open } = await app().createClient();

    const text = await done(['client', 'rotate-secret', clientId, '--revoke-tokens', '--yes']);
    const without = await run(['client', 'rotate-secret', open, '--yes', '--json']);

    assert.match(text.out, /^The new secret of .*shown only once:\n\n[\w-]{43}\n\nThe previous/);
    const client_secret = /\n\n([\w-]{43})\n/.exec(text.out)?.[1] ?? '';
    const refreshed = await rp.tryRefresh(login.refreshToken, { client_secret });
    assert.match(refreshed.text, /invalid_grant/);
    assert.deepEqual([without.exitCode, without.json()['error']], [4, 'conflict']);
  });
});

describeApp('client delete', {}, (app) => {
  it('revokes everything, even for a later client with the same id', async () => {
    const { done, run } = createCommandRunner(app().services);
    const { login, clientId, person } = await signIn(app());

    const unconfirmed = await run(['client', 'delete', clientId]);
    const deleted = await done(['client', 'delete', clientId, '--yes', '--json']);
    const again = await run(['client', 'delete', clientId, '--yes']);
    const reborn = await app().relyingParty({ client_id: clientId });

    assert.equal(unconfirmed.exitCode, 2);
    assert.match(JSON.stringify(deleted.json()['parts']), /"kind":"grants","count":1/);
    assert.equal(again.exitCode, 3);
    assert.equal(await reborn.isActive(login.refreshToken), false);
    assert.equal(await reborn.isActive(login.accessToken), false);
    const page = await app()
      .browser()
      .open((await reborn.request()).url);
    const answer = await page.press('sign-in', { login: person.email, password: person.password });
    assert.equal(answer.has('allow'), true, 'consent is requested again');
    assert.deepEqual(await eventsOf(app(), clientId, 'client.deleted'), ['operator']);
  });
});

describeApp('resource show, update and delete', {}, (app) => {
  it('change an API, with an audit entry each', async () => {
    const { done, run } = createCommandRunner(app().services);
    const audience = 'https://api.commands.example';
    const create = ['--scopes', 'read', '--format', 'opaque', '--json'];
    await done(['resource', 'create', '--audience', audience, ...create]);

    const shown = await done(['resource', 'show', audience]);
    const updated = await done([
      'resource',
      'update',
      audience,
      '--scopes',
      'read write',
      '--seconds',
      '60',
      '--json',
    ]);
    const back = await done(['resource', 'update', audience, '--seconds', 'default']);
    const deleted = await done(['resource', 'delete', audience, '--yes', '--json']);
    const gone = await run(['resource', 'show', audience, '--json']);
    const own = await run(['resource', 'delete', `${app().issuer}/auth/api`, '--yes']);

    assert.match(shown.out, /^audience +https:\/\/api\.commands\.example\nscopes +read\n/);
    assert.deepEqual(updated.json()['scopes'], ['read', 'write']);
    assert.equal(updated.json()['access_token_seconds'], 60);
    assert.doesNotMatch(back.out, /access_token_seconds/);
    assert.deepEqual(deleted.json(), { audience, deleted: true });
    assert.deepEqual([gone.exitCode, own.exitCode], [3, 1]);
    for (const event of ['resource.created', 'resource.deleted']) {
      const found: unknown[] = await app().services.db.knex('audit_events').where({ event });
      assert.equal(found.length, 1, event);
    }
  });
});

async function signIn(app: TestApp, auth: 'none' | 'client_secret_post' = 'none') {
  const registered = await app.createClient({ auth });
  const rp = await app.relyingPartyOf(registered);
  const person = await app.createUser();
  const login = await rp.login(person, offline);
  return { rp, login, person, clientId: registered.clientId };
}

async function eventsOf(app: TestApp, clientId: string, event: string) {
  const rows: { actor_kind: string }[] = await app.services.db
    .knex('audit_events')
    .where({ client_id: clientId, event })
    .select('actor_kind');
  return rows.map(({ actor_kind: kind }) => kind);
}

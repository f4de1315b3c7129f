// Roles, groups and organizations as claims: in userinfo, ID tokens, access tokens and introspection.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decodeJwt } from 'jose';
import { maxClaimValues } from '#core/access-control/assignments.ts';
import { describeApp, type TestApp } from '#test/support/app.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';

describeApp('the claims roles and groups', {}, (app) => {
  it('contain the global roles, those of the client and those of the groups', async () => {
    const { done } = createCommandRunner(app().services);
    const rp = await app().relyingParty({ first_party: true });
    const other = await app().createClient();
    const person = await app().createUser();
    const { clientId } = rp.app;
    for (const name of ['editor', 'author']) await done(['role', 'create', name]);
    await done(['role', 'create', 'buyer', '--client', clientId]);
    await done(['role', 'create', 'seller', '--client', other.clientId]);
    await done(['group', 'create', 'Sales']);
    await done(['group', 'add-role', 'Sales', '--role', 'author']);
    await done(['group', 'add-member', 'Sales', '--user', person.email]);
    for (const role of ['editor', `${clientId}:buyer`, `${other.clientId}:seller`, 'admin']) {
      await done(['user', 'add-role', person.email, '--role', role]);
    }

    const login = await rp.login(person, { scope: 'openid roles groups' });

    const userinfo = await rp.userinfo(login);
    const introspected = await rp.introspect(login.accessToken);
    for (const claims of [userinfo, introspected.body]) {
      assert.deepEqual(claims['roles'], ['author', 'buyer', 'editor']);
      assert.deepEqual(claims['groups'], ['Sales']);
    }
  });

  it('are absent without their scopes', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser();
    await grant(app(), person.id, 'reader');

    const login = await rp.login(person, { scope: 'openid email' });

    const [userinfo, { body }] = [await rp.userinfo(login), await rp.introspect(login.accessToken)];
    for (const claims of [userinfo, body]) {
      assert.deepEqual([claims['roles'], claims['groups']], [undefined, undefined]);
    }
  });

  it('are in ID tokens of clients that ask for all claims there, and by the claims parameter', async () => {
    const all = await app().relyingParty({ id_token_claims: 'all' });
    const usual = await app().relyingParty();
    const person = await app().createUser();
    await grant(app(), person.id, 'writer');
    const claims = JSON.stringify({ id_token: { roles: null } });

    const first = await all.login(person, { scope: 'openid roles' });
    const second = await usual.login(person, { scope: 'openid', claims });
    const third = await usual.login(person, { scope: 'openid roles' });

    assert.deepEqual(first.claims['roles'], ['writer']);
    assert.deepEqual(second.claims['roles'], ['writer']);
    assert.equal(third.claims['roles'], undefined);
  });

  it('are in JWT access tokens (RFC 9068 §2.2.3.1), and change with the next one', async () => {
    const api = await app().createApi({ accessTokenFormat: 'jwt' });
    const rp = await app().relyingParty();
    const person = await app().createUser();
    await grant(app(), person.id, 'one');
    const login = await rp.login(person, { scope: 'openid roles read', resource: api.audience });

    await grant(app(), person.id, 'two');
    const refreshed = await rp.refresh(login.refreshToken);

    assert.deepEqual(decodeJwt(login.accessToken)['roles'], ['one']);
    assert.deepEqual(decodeJwt(refreshed.accessToken)['roles'], ['one', 'two']);
    const { body } = await rp.introspect(login.accessToken);
    assert.deepEqual(body['roles'], ['one', 'two']);
  });

  it('have a bounded number of values', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const count = maxClaimValues + 5;
    for (let each = 0; each < count; each += 1) await grant(app(), person.id, `many-${each}`);

    const login = await rp.login(person, { scope: 'openid roles' });

    const { roles } = await rp.userinfo(login);
    assert.equal(Array.isArray(roles) && roles.length, maxClaimValues);
  });

  it('are advertised (OpenID Connect Discovery §3)', async () => {
    const { as } = await app().relyingParty();

    for (const scope of ['roles', 'groups', 'organization']) {
      assert.ok(as.scopes_supported?.includes(scope), scope);
    }
    for (const claim of ['roles', 'groups', 'org_id', 'org_name', 'org_roles']) {
      assert.ok(as.claims_supported?.includes(claim), claim);
    }
  });
});

describeApp('a sign-in for an organization', {}, (app) => {
  it('names it in every token, with the roles that the member has in it', async () => {
    const { done } = createCommandRunner(app().services);
    const person = await app().createUser();
    const rp = await app().relyingParty({ first_party: true });
    const id = await anOrganization(app(), 'acme', person.email);
    await done(['role', 'create', 'manager']);
    await done(['organization', 'add-role', 'acme', '--user', person.email, '--role', 'manager']);

    const scope = 'openid roles organization offline_access';
    const login = await rp.login(person, { scope, prompt: 'consent', organization: 'acme' });
    const again = await rp.refresh(login.refreshToken);

    assert.equal(login.claims['org_id'], id);
    for (const tokens of [login, again]) {
      const userinfo = await rp.userinfo({ ...login, accessToken: tokens.accessToken });
      const { body } = await rp.introspect(tokens.accessToken);
      for (const claims of [userinfo, body]) {
        assert.deepEqual(
          [claims['org_id'], claims['org_name'], claims['org_roles'], claims['roles']],
          [id, 'acme', ['manager'], []],
        );
      }
    }
  });

  it('needs no scope for org_id, and there is none without the parameter', async () => {
    const person = await app().createUser();
    const id = await anOrganization(app(), 'umbrella', person.email);
    const rp = await app().relyingParty();

    const named = await rp.login(person, { organization: id });
    const without = await rp.login(person, { scope: 'openid organization' });

    assert.equal(named.claims['org_id'], id);
    assert.equal((await rp.userinfo(named))['org_name'], undefined);
    assert.equal(without.claims['org_id'], undefined);
    assert.equal((await rp.userinfo(without))['org_id'], undefined);
  });

  it('may be chosen in a pushed request (RFC 9126)', async () => {
    const person = await app().createUser();
    const id = await anOrganization(app(), 'pushed', person.email);
    const rp = await app().relyingParty();
    const pending = await rp.request({ organization: 'pushed' });
    const { body } = await rp.push(pending.url.searchParams);
    const url = new URL(pending.url.origin + pending.url.pathname);
    url.searchParams.set('client_id', rp.app.clientId);
    url.searchParams.set('request_uri', String(body['request_uri']));

    const page = await rp.passPages(await app().browser().open(url), person);

    const tokens = await rp.exchange(rp.receive(page, pending));
    assert.equal(tokens.claims['org_id'], id);
  });

  it('ends with the membership: tokens are refused, and valid again with a new membership', async () => {
    const { done } = createCommandRunner(app().services);
    const person = await app().createUser();
    await anOrganization(app(), 'globex', person.email);
    const rp = await app().relyingParty();
    const login = await rp.login(person, { organization: 'globex' });
    const member = ['globex', '--user', person.email];

    await done(['organization', 'remove-member', ...member]);

    assert.equal((await rp.tryUserinfo(login.accessToken)).status, 401);
    assert.deepEqual((await rp.introspect(login.accessToken)).body, { active: false });
    const refused = await rp.tryRefresh(login.refreshToken);
    assert.equal(refused.body['error'], 'invalid_grant');
    await done(['organization', 'add-member', ...member]);
    assert.equal((await rp.tryUserinfo(login.accessToken)).status, 200);
  });
});

async function grant(app: TestApp, userId: string, role: string): Promise<void> {
  const { done } = createCommandRunner(app.services);
  await done(['role', 'create', role]);
  await done(['user', 'add-role', userId, '--role', role]);
}

async function anOrganization(app: TestApp, name: string, email: string): Promise<string> {
  const { done } = createCommandRunner(app.services);
  const created = await done(['organization', 'create', name, '--json']);
  await done(['organization', 'add-member', name, '--user', email]);
  return String(created.json()['id']);
}

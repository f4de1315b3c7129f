// Scopes of an API that requires permissions, and the decision endpoint (OpenID AuthZEN 1.0).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decodeJwt } from 'jose';
import type { ApiResource } from '#core/clients/clients.ts';
import { describeApp, type TestApp } from '#test/support/app.ts';
import { createApiClient } from '#test/support/actors/api-client.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { offline } from '#test/support/data/outcomes.ts';

describeApp('an access token for an API that requires permissions', {}, (app) => {
  it('contains only the scopes that the roles of the user permit', async () => {
    const { rp, api, person } = await aReader(app(), { accessTokenFormat: 'jwt' });
    const scope = 'openid read write';

    const login = await rp.login(person, { scope, resource: api.audience });
    const bare = await rp.login(await app().createUser(), { scope, resource: api.audience });

    assert.equal(login.scope, 'read');
    assert.equal(decodeJwt(login.accessToken)['scope'], 'read');
    assert.equal(decodeJwt(bare.accessToken)['scope'], undefined);
  });

  it('loses a scope with the role: in introspection at once, and in the next token', async () => {
    const { done } = createCommandRunner(app().services);
    const { rp, api, person, role } = await aReader(app());
    const scope = `${offline.scope} read write`;
    const parameters = { ...offline, scope, resource: api.audience };
    const login = await rp.login(person, parameters);
    assert.equal((await rp.introspect(login.accessToken)).body['scope'], 'read');

    await done(permission('add', role, api, 'write'));
    await done(permission('remove', role, api, 'read'));

    const { body } = await rp.introspect(login.accessToken);
    assert.deepEqual([body['active'], body['scope']], [true, undefined]);
    assert.equal((await rp.refresh(login.refreshToken)).scope, 'write');
    await done(['user', 'remove-role', person.id, '--role', role]);
    assert.equal((await rp.refresh(login.refreshToken)).scope, undefined);
  });

  it('counts roles of the requesting client and of the organization of the sign-in', async () => {
    const { done } = createCommandRunner(app().services);
    const { rp, api, person } = await aReader(app());
    const own = `${rp.app.clientId}:writer`;
    await done(['role', 'create', 'writer', '--client', rp.app.clientId]);
    await done(permission('add', own, api, 'write'));
    await done(['organization', 'create', 'stark']);
    await done(['organization', 'add-member', 'stark', '--user', person.email]);
    const member = ['stark', '--user', person.email];
    await done(['organization', 'add-role', ...member, '--role', own]);
    const request = { scope: 'openid read write', resource: api.audience };

    const outside = await rp.login(person, request);
    const inside = await rp.login(person, { ...request, organization: 'stark' });

    assert.equal(outside.scope, 'read');
    assert.equal(inside.scope, 'read write');
  });

  it('is not limited if the API does not require it, nor for the client itself', async () => {
    const { done } = createCommandRunner(app().services);
    const { rp, api, person } = await aReader(app());
    const machine = await app().relyingParty({
      auth: 'client_secret_basic',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    });
    const own = await machine.clientCredentials({ resource: api.audience, scope: 'write' });
    await done(['resource', 'update', api.audience, '--require-permission', 'false']);

    const login = await rp.login(person, { scope: 'openid read write', resource: api.audience });

    assert.equal(own.scope, 'write');
    assert.equal(login.scope, 'read write');
  });
});

describeApp('POST /auth/api/v1/access/evaluation', {}, (app) => {
  it('decides by the permissions of the roles (AuthZEN 1.0 §6)', async () => {
    const { rp, api, person } = await aReader(app());
    const caller = await createApiClient(app(), ['access:evaluate']);
    const ask = async (facts: object) => {
      const question = {
        subject: { type: 'user', id: person.id },
        action: { name: 'read' },
        resource: { type: 'api', id: api.audience },
        ...facts,
      };
      const { status, body } = await caller.post('access/evaluation', question);
      assert.equal(status, 200);
      return body['decision'];
    };

    assert.equal(await ask({}), true);
    assert.equal(await ask({ context: { client_id: rp.app.clientId, ip: '192.0.2.1' } }), true);
    const denied = [
      { action: { name: 'write' } },
      { action: { name: 'unheard-of' } },
      { resource: { type: 'api', id: 'https://unknown.example/' } },
      { resource: { type: 'document', id: api.audience } },
      { subject: { type: 'user', id: '00000000-0000-4000-8000-000000000000' } },
      { subject: { type: 'user', id: 'no uuid' } },
      { subject: { type: 'robot', id: person.id } },
      { context: { client_id: 'unknown' } },
      { context: { organization: 'unknown' } },
    ];
    for (const facts of denied) assert.equal(await ask(facts), false, JSON.stringify(facts));
    await app().block(person.id);
    assert.equal(await ask({}), false);
  });

  it('decides who may sign in to a client, and what a client may do', async () => {
    const { done } = createCommandRunner(app().services);
    const { rp, api, person, role } = await aReader(app());
    const { clientId } = rp.app;
    const other = await app().createUser();
    await done(['client', 'access', clientId, '--allow-role', role]);
    const caller = await createApiClient(app(), ['access:evaluate']);

    const { body } = await caller.post('access/evaluations', {
      action: { name: 'sign_in' },
      resource: { type: 'client', id: clientId },
      evaluations: [
        { subject: { type: 'user', id: person.id } },
        { subject: { type: 'user', id: other.id } },
        { subject: { type: 'user', id: person.id }, action: { name: 'read' } },
        {
          subject: { type: 'client', id: clientId },
          action: { name: 'write' },
          resource: { type: 'api', id: api.audience },
        },
      ],
    });

    const decisions = [true, false, false, true].map((decision) => ({ decision }));
    assert.deepEqual(body, { evaluations: decisions });
  });

  it('stops a batch where the semantics say so (AuthZEN 1.0 §7.1.2.1)', async () => {
    const { api, person } = await aReader(app());
    const caller = await createApiClient(app(), ['access:evaluate']);
    const ask = async (semantic: string) => {
      const { body } = await caller.post('access/evaluations', {
        subject: { type: 'user', id: person.id },
        resource: { type: 'api', id: api.audience },
        evaluations: ['write', 'read', 'write'].map((name) => ({ action: { name } })),
        options: { evaluations_semantic: semantic },
      });
      return body['evaluations'];
    };
    const [no, yes] = [{ decision: false }, { decision: true }];

    assert.deepEqual(await ask('execute_all'), [no, yes, no]);
    assert.deepEqual(await ask('deny_on_first_deny'), [no]);
    assert.deepEqual(await ask('permit_on_first_permit'), [no, yes]);
  });

  it('refuses incomplete questions and callers without the scope', async () => {
    const caller = await createApiClient(app(), ['access:evaluate']);
    const other = await createApiClient(app(), ['users:read']);
    const subject = { type: 'user', id: 'x' };

    assert.equal((await caller.post('access/evaluation', { subject })).status, 400);
    assert.equal(
      (await caller.post('access/evaluations', { evaluations: [{ subject }] })).status,
      400,
    );
    assert.equal((await other.post('access/evaluation', { subject })).status, 403);
  });
});

/** A user with a role that permits `read`, but not `write`. */
async function aReader(app: TestApp, facts: Partial<ApiResource> = {}) {
  const { done } = createCommandRunner(app.services);
  const api = await app.createApi({ requiresPermission: true, ...facts });
  const rp = await app.relyingParty();
  const person = await app.createUser();
  const role = `reader-${person.id.slice(0, 8)}`;
  await done(['role', 'create', role]);
  await done(permission('add', role, api, 'read'));
  await done(['user', 'add-role', person.id, '--role', role]);
  return { api, rp, person, role };
}

function permission(
  verb: 'add' | 'remove',
  role: string,
  { audience }: ApiResource,
  scope: string,
) {
  return ['role', `${verb}-permission`, role, '--resource', audience, '--scopes', scope];
}

// Clients in the panel: registration in two steps, changes, and what the audit log records.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';
import { eventsOf, signInToPanel } from '#test/support/steps/panel.ts';

describeApp('clients in the panel', {}, (app) => {
  it('are found by a part of the name or id, by state, and by what they violate', async () => {
    const admin = await signInToPanel(app());
    const [wiki, shop] = [
      await app().createClient({ client_name: 'Field wiki' }),
      await app().createClient({
        auth: 'client_secret_basic',
        client_name: 'Field shop',
        require_pkce: 'off',
      }),
    ];
    await app().services.blocking.blockClient(wiki.clientId, { kind: 'operator' });
    const found = async (query: string) => {
      const page = await admin.open(`/clients?${query}`);
      return [wiki, shop].map(({ clientId }) => page.html.includes(clientId));
    };

    assert.deepEqual(await found('q=field'), [true, true]);
    assert.deepEqual(await found('q=FIELD+WIKI'), [true, false]);
    assert.deepEqual(await found(`q=${shop.clientId.slice(0, 13)}`), [false, true]);
    assert.deepEqual(await found('q=field&state=blocked'), [true, false]);
    assert.deepEqual(await found('q=field&state=active'), [false, true]);
    assert.deepEqual(await found('q=field&state=violating'), [false, true]);
    assert.match((await admin.open('/clients?q=zzz')).text, /No matching clients/);
  });

  it('are registered in two steps, with the secret shown once and a snippet', async () => {
    const admin = await signInToPanel(app());
    const kinds = await admin.open('/clients/new');
    assert.equal(kinds.has('kind-web'), true);

    const form = await admin.open('/clients/new/web');
    const refused = await form.press('submit', { name: 'Tasks', redirect_uris: 'ftp://nothing' });
    assert.equal(refused.status, 400, refused.text);
    const done = await form.press('submit', {
      name: 'Tasks',
      redirect_uris: 'https://tasks.example/cb\r\nhttps://tasks.example/other',
    });

    const [, secret = ''] = /id="client-secret"[^>]*>([^<]+)</.exec(done.html) ?? [];
    const [, id = ''] = /id="client-id"[^>]*>([^<]+)</.exec(done.html) ?? [];
    assert.equal(secret.length, 43);
    assert.ok(done.text.includes(`'${id}'`), 'the snippet names the client');
    const client = await app().services.clientStore.find(id);
    assert.equal(client?.metadata['require_pkce'], true);
    assert.equal(client?.metadata['token_endpoint_auth_method'], 'client_secret_basic');
    assert.deepEqual(client?.metadata['redirect_uris'], [
      'https://tasks.example/cb',
      'https://tasks.example/other',
    ]);
    const [event] = await eventsOf(app(), { clientId: id });
    assert.equal(event?.actorId, admin.id);
    const detail = await admin.open(`/clients/${id}`);
    assert.equal(detail.html.includes(secret), false);
  });

  it('get the defaults of their kind', async () => {
    const admin = await signInToPanel(app());
    const spa = await admin.open('/clients/new/spa');
    const done = await spa.press('submit', { name: 'Notes', redirect_uris: 'https://n.example/' });
    const service = await admin.open('/clients/new/service');
    const second = await service.press('submit', { name: 'Job', scope: 'users:read' });

    assert.equal(done.has('client-secret'), false);
    assert.match(done.text, /oidc-client-ts/);
    assert.equal(second.has('client-secret'), true);
    assert.match(second.text, /client_credentials/);
    assert.equal((await admin.open('/clients/new/other')).status, 404);
  });

  it('may be devices, and get further grant types with a checkbox', async () => {
    const admin = await signInToPanel(app());
    const form = await admin.open('/clients/new/device');
    const done = await form.press('submit', { name: 'TV' });
    const rp = await app().relyingParty({ auth: 'client_secret_basic', client_name: 'Tasks' });
    const edit = await admin.open(`/clients/${encodeURIComponent(rp.app.clientId)}/edit`);

    await edit.press('submit', { grant_device_code: 'on', reason: 'A test' });

    assert.match(done.text, /device_authorization/);
    assert.equal(done.has('client-secret'), false);
    const changed = await app().services.clientStore.find(rp.app.clientId);
    assert.deepEqual(changed?.metadata['grant_types'], [
      'authorization_code',
      'refresh_token',
      'urn:ietf:params:oauth:grant-type:device_code',
    ]);
  });

  it('are edited, get a new secret, are blocked and deleted', async () => {
    const admin = await signInToPanel(app());
    const rp = await app().relyingParty({ auth: 'client_secret_basic', client_name: 'Tasks' });
    const path = `/clients/${encodeURIComponent(rp.app.clientId)}`;

    const edit = await admin.open(`${path}/edit`);
    const bad = await edit.press('submit', { others: '{', reason: 'A test' });
    assert.equal(bad.status, 400);
    const edited = await edit.press('submit', {
      client_name: 'Chores',
      others: '{"tos_uri":"https://rp.example/terms"}',
      reason: 'Renamed',
    });
    assert.equal(edited.heading.startsWith('Chores'), true, edited.text);
    const secret = await (await admin.open(`${path}/secret`)).press('submit', { reason: 'Leak' });
    assert.equal(secret.has('client-secret'), true);
    const blocked = await (await admin.open(`${path}/block`)).press('submit', { reason: 'Abuse' });
    assert.match(blocked.heading, /is blocked/);
    await (await admin.open(`${path}/unblock`)).press('submit', { reason: 'Settled' });
    await (await admin.open(`${path}/delete`)).press('submit', { reason: 'Retired' });

    assert.equal(await app().services.clientStore.find(rp.app.clientId), undefined);
    const events = await eventsOf(app(), { clientId: rp.app.clientId });
    const reasons = events.flatMap(({ details }) => details['reason'] ?? []);
    assert.deepEqual(reasons, ['Retired', 'Settled', 'Abuse', 'Leak', 'Renamed']);
  });

  it('shows what a client violates', async () => {
    const admin = await signInToPanel(app());
    const rp = await app().relyingParty({
      auth: 'client_secret_basic',
      require_pkce: 'off',
    });

    const page = await admin.open(`/clients/${rp.app.clientId}`);

    assert.match(page.text, /RFC 9700 section 2\.1\.1/);
  });

  it('link to the redirect URIs that the playground needs, for administrators who may change them', async () => {
    const { clientId } = await app().createClient({ token_endpoint_auth_method: 'none' });
    const page = await (await signInToPanel(app())).open(`/clients/${clientId}`);
    const auditor = await signInToPanel(app(), 'auditor');

    assert.match(page.text, /add \S+\/auth\/playground as a redirect URI and a post-logout/);
    const [, href] = /id="admit-playground" href="([^"]+)"/.exec(page.html) ?? [];
    assert.equal(href, `/auth/admin/clients/${clientId}/edit#redirect_uris`);
    assert.equal((await auditor.open(`/clients/${clientId}`)).has('admit-playground'), false);
  });

  it('cannot be used to lock everyone out of the panel', async () => {
    const admin = await signInToPanel(app());

    const detail = await admin.open('/clients/ostiary-panel');
    const form = await admin.open('/clients/ostiary-panel/delete');

    assert.match(detail.text, /built in/);
    assert.equal(detail.has('act-delete'), false);
    assert.equal(form.status, 409);
  });
});

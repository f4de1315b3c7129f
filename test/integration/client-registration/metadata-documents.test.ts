// Clients whose id is the URL of their metadata: fetched, stored, consented to each time, refreshed, blocked;
// and documents that are refused.
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import * as oauth from 'oauth4webapi';
import { createApiClient } from '#test/support/actors/api-client.ts';
import { startDocumentHost, type DocumentHost } from '#test/support/actors/client-document-host.ts';
import { describeApp } from '#test/support/app.ts';
import { assertInvalidGrant, offline } from '#test/support/data/outcomes.ts';

const settings = { CLIENT_ID_METADATA_DOCUMENTS: 'on', OUTBOUND_ALLOW: '127.0.0.0/8' };

describeApp('a client ID metadata document', { settings }, (app) => {
  it('is announced in the discovery document', async () => {
    const response = await app().send(`${app().issuer}/.well-known/oauth-authorization-server`);
    const document = (await response.json()) as Record<string, unknown>; // a JSON object
    assert.equal(document['client_id_metadata_document_supported'], true);
  });

  it('creates a client that users sign in to, with consent each time', async (t) => {
    const host = await startDocumentHost(t);
    const rp = await relyingPartyOf(host);
    const person = await app().createUser();

    const login = await rp.login(person, offline);
    const again = await login.browser.open((await rp.request(offline)).url);
    const silent = await login.browser.open((await rp.request({ prompt: 'none' })).url);

    assert.equal((await rp.tryRefresh(login.refreshToken)).status, 200);
    assert.equal(again.has('allow'), true, 'consent is not remembered');
    assert.match(again.text, new RegExp(new URL(host.clientId).host));
    assert.match(again.text, /reader\.example/);
    assert.equal(silent.url.searchParams.get('error'), 'interaction_required');
    assert.equal(host.requests(), 1, 'the document was cached');
    const client = await app().services.clientStore.find(host.clientId);
    assert.deepEqual([client?.origin, client?.firstParty], ['document', false]);
  });

  it('is shown, blocked and deleted by operators, and a block holds', async (t) => {
    const host = await startDocumentHost(t);
    const rp = await relyingPartyOf(host);
    const login = await rp.login(await app().createUser(), offline);
    const api = await createApiClient(app());
    const path = `clients/url:${Buffer.from(host.clientId).toString('base64url')}`;

    const shown = await api.get(path);
    const blocked = await api.post(`${path}/block`);

    assert.deepEqual([shown.body['client_id'], shown.body['origin']], [host.clientId, 'document']);
    assert.equal(blocked.status, 200, blocked.text);
    const page = await login.browser.open((await rp.request()).url);
    assert.deepEqual([page.left, page.errorCode], [false, 'invalid_client']);
    assert.equal((await rp.tryRefresh(login.refreshToken)).status, 401);
    assert.equal(host.requests(), 1, 'a blocked client is not fetched');
    assert.equal((await api.delete(path)).status, 200);
  });

  it('is fetched again when it is stale, and ends access that it no longer requests', async (t) => {
    const host = await startDocumentHost(t);
    const rp = await relyingPartyOf(host);
    const login = await rp.login(await app().createUser(), offline);
    host.document = { ...host.document, scope: 'openid offline_access', client_name: 'Reader 2' };
    await makeStale(host);

    await login.browser.open((await rp.request()).url);

    assert.equal(host.requests(), 2);
    const client = await app().services.clientStore.find(host.clientId);
    assert.equal(client?.metadata['client_name'], 'Reader 2');
    assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
  });

  it('is used for a day if it cannot be fetched again, and then refused', async (t) => {
    const host = await startDocumentHost(t);
    const rp = await relyingPartyOf(host);
    const browser = app().browser();
    assert.equal((await browser.open((await rp.request()).url)).has('sign-in'), true);
    host.document = undefined;
    await makeStale(host);
    assert.equal((await browser.open((await rp.request()).url)).has('sign-in'), true);

    await makeStale(host, 25);

    assert.equal((await browser.open((await rp.request()).url)).errorCode, 'invalid_client');
  });

  it('is fetched once by requests at the same time', async (t) => {
    const host = await startDocumentHost(t);
    const rp = await relyingPartyOf(host);
    const { url } = await rp.request();

    const pages = await Promise.all([1, 2, 3, 4, 5].map(() => app().browser().open(url)));

    for (const page of pages) assert.equal(page.has('sign-in'), true, page.text);
    assert.equal(host.requests(), 1);
  });

  it('is refused if it names another client, has a secret, or breaks the policy', async (t) => {
    for (const change of [
      { client_id: 'https://localhost/other.json' },
      { client_secret: 'x'.repeat(40) },
      { token_endpoint_auth_method: 'client_secret_basic' },
      { redirect_uris: ['javascript:alert(1)'] },
      { redirect_uris: undefined },
      { grant_types: ['client_credentials'] },
      { scope: 'users:read' },
      { logo_uri: 'http://reader.example/logo.png' },
    ]) {
      const host = await startDocumentHost(t);
      host.document = { ...host.document, ...change };
      await assertRefused(host, change);
    }
  });

  it('is refused with another status, a redirect, another type, or if it is too large', async (t) => {
    for (const response of [
      { status: 500 },
      { status: 302, headers: { location: 'https://localhost/other.json' } },
      { headers: { 'content-type': 'text/html' } },
      { body: '[]' },
      { body: 'no JSON' },
      { body: JSON.stringify({ filler: 'x'.repeat(6000) }) },
    ]) {
      const host = await startDocumentHost(t);
      host.response = response;
      await assertRefused(host, response);
    }
  });

  it('cannot place itself in the sector of another client', async (t) => {
    const host = await startDocumentHost(t);
    const sector = { sector_identifier_uri: 'https://victim.example/redirect-uris.json' };
    host.document = { ...host.document, ...sector, subject_type: 'pairwise' };
    const rp = await relyingPartyOf(host);

    await rp.login(await app().createUser());

    const client = await app().services.clientStore.find(host.clientId);
    assert.equal(client?.metadata['subject_type'], 'pairwise');
    assert.equal(client?.metadata['sector_identifier_uri'], undefined);
  });

  it('is refused with text that cannot be stored', async (t) => {
    const host = await startDocumentHost(t);
    host.document = { ...host.document, client_name: 'Read\0er' };
    await assertRefused(host, host.document);
  });

  it('is not fetched for an id that is not a plain https URL with a path', async (t) => {
    const host = await startDocumentHost(t);
    const { port } = new URL(host.clientId);
    for (const clientId of [
      `https://localhost:${port}`,
      `https://localhost:${port}/`,
      `http://localhost:${port}/client.json`,
      `https://user@localhost:${port}/client.json`,
      `https://localhost:${port}/a/../client.json`,
      `https://localhost:${port}/%2e%2e/client.json`,
      `https://LOCALHOST:${port}/client.json`,
      `https://localhost:${port}/client.json#part`,
      `https://localhost:${port}/${'x'.repeat(250)}`,
    ]) {
      const url = new URL(`${app().issuer}/oauth2/authorize`);
      url.search = String(new URLSearchParams({ client_id: clientId, response_type: 'code' }));
      const page = await app().browser().open(url);
      assert.deepEqual([page.left, page.errorCode], [false, 'invalid_client'], clientId);
    }
    assert.equal(host.requests(), 0);
  });

  async function relyingPartyOf({ clientId }: DocumentHost) {
    const metadata = { id_token_signed_response_alg: 'RS256' };
    const redirectUri = 'https://reader.example/callback';
    return app().relyingPartyOf({ clientId, redirectUri, metadata, auth: oauth.None() });
  }

  async function assertRefused(host: DocumentHost, about: unknown): Promise<void> {
    const rp = await relyingPartyOf(host);
    const page = await app()
      .browser()
      .open((await rp.request()).url);
    const outcome = [page.left, page.errorCode];
    assert.deepEqual(outcome, [false, 'invalid_client'], JSON.stringify(about));
    assert.equal(await app().services.clientStore.find(host.clientId), undefined);
  }

  async function makeStale({ clientId }: DocumentHost, hours = 1): Promise<void> {
    const fetched_at = new Date(Date.now() - hours * 3_600_000);
    await app()
      .services.db.knex('client_documents')
      .where({ client_id: clientId })
      .update({ fetched_at, fresh_until: fetched_at });
  }
});

for (const [rule, more] of [
  ['without the setting', { CLIENT_ID_METADATA_DOCUMENTS: 'off' }],
  ['of a host that is not listed', { CLIENT_ID_METADATA_DOCUMENTS: 'example.com' }],
  ['at an internal address', { OUTBOUND_ALLOW: '192.0.2.1' }],
] as const) {
  describeApp(`a client document ${rule}`, { settings: { ...settings, ...more } }, (app) => {
    it('is not fetched', async (t: TestContext) => {
      const host = await startDocumentHost(t);
      const url = new URL(`${app().issuer}/oauth2/authorize`);
      url.search = String(new URLSearchParams({ client_id: host.clientId, response_type: 'code' }));

      const page = await app().browser().open(url);

      assert.deepEqual([page.left, page.errorCode, host.requests()], [false, 'invalid_client', 0]);
    });
  });
}

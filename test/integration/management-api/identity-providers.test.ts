// Identity providers by the management API: creation, changes with If-Match, secrets and the test.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createApiClient, itemsOf } from '#test/support/actors/api-client.ts';
import { startStandInProvider } from '#test/support/actors/identity-provider.ts';
import { describeApp } from '#test/support/app.ts';
import { signInUpstream } from '#test/support/steps/federation.ts';

const configured = {
  id: 'fixed',
  name: 'Fixed',
  issuer: 'https://fixed.example.com',
  client_id: 'ostiary',
  client_secret: 'fixed-secret',
};
const options = {
  arrangement: 'embedded, memory',
  settings: { OUTBOUND_ALLOW: '127.0.0.0/8', SIGN_IN_PROVIDERS: JSON.stringify([configured]) },
} as const;

describeApp('identity providers of the management API', options, (app) => {
  it('are offered to users at once, and no longer after the deletion', async (t) => {
    const api = await createApiClient(app());
    const other = await startStandInProvider(t, { id: 'corp', name: 'Example Corp' });
    const request = {
      body: { ...other.setting, trust_email: true },
      headers: { 'idempotency-key': 'corp' },
    };
    const created = await api.call('POST', 'identity-providers', request);
    const again = await api.call('POST', 'identity-providers', request);
    const browser = app().browser();
    const asked = await signInUpstream(
      browser,
      await browser.open('/auth/sign-in'),
      other,
      'with-corp',
    );
    const account = await asked.press('register');
    const shown = await api.get('identity-providers/corp');

    const deleted = await api.delete('identity-providers/corp');

    assert.deepEqual([created.status, again.status], [201, 201], created.text);
    assert.deepEqual(again.body, created.body);
    assert.equal(created.body['redirect_uri'], `${app().issuer}/auth/with/corp/callback`);
    assert.equal(account.url.pathname, '/auth/account', account.text);
    const usage = { linked_users: 1, users_without_other_method: 1 };
    assert.deepEqual(shown.body, { ...created.body, ...usage });
    assert.equal(shown.headers.get('etag'), created.headers.get('etag'));
    assert.deepEqual(deleted.body, { id: 'corp', deleted: true, ...usage });
    const page = await app().browser().open('/auth/sign-in');
    assert.doesNotMatch(page.text, /Example Corp/);
    assert.match(page.text, /Fixed/);
    const linked = await browser.open('/auth/account/linked');
    assert.match(linked.text, /127\.0\.0\.1/, 'the account stays linked');
  });

  it('keep their secret, which no answer and no row shows', async (t) => {
    const api = await createApiClient(app());
    const other = await startStandInProvider(t, { id: 'keeps', clientSecret: 'upstream-s3cret' });
    const created = await api.post('identity-providers', other.setting);
    const headers = { 'if-match': created.headers.get('etag') ?? '' };

    const changed = await api.call('PATCH', 'identity-providers/keeps', {
      body: { name: 'Renamed' },
      headers,
    });

    const browser = app().browser();
    const page = await signInUpstream(
      browser,
      await browser.open('/auth/sign-in'),
      other,
      'with-keeps',
    );
    assert.equal(page.heading, 'Almost there', page.text);
    assert.equal(changed.body['name'], 'Renamed');
    const [row] = await app().services.db.knex('identity_providers').where({ id: 'keeps' });
    const list = await api.get('identity-providers');
    const audit = await api.get('audit', { event: 'provider.updated' });
    for (const text of [created.text, changed.text, list.text, audit.text, JSON.stringify(row)]) {
      assert.doesNotMatch(text, /upstream-s3cret|fixed-secret/);
    }
    assert.deepEqual(
      itemsOf(list).map(({ id, source, state }) => [id, source, state]),
      [
        ['fixed', 'settings', 'active'],
        ['keeps', 'stored', 'active'],
      ],
    );
  });

  it('are changed with If-Match only, and disabled', async () => {
    const api = await createApiClient(app());
    const created = await api.post('identity-providers', entry('idle'));
    const change = (body: object, tag?: string | null) =>
      api.call('PATCH', 'identity-providers/idle', {
        body,
        headers: tag ? { 'if-match': tag } : {},
      });

    const blind = await change({ enabled: false });
    const disabled = await change({ enabled: false }, created.headers.get('etag'));
    const stale = await change({ enabled: true }, created.headers.get('etag'));

    assert.deepEqual([blind.status, disabled.status, stale.status], [428, 200, 412]);
    assert.equal(disabled.body['state'], 'disabled');
    assert.doesNotMatch((await app().browser().open('/auth/sign-in')).text, /Provider idle/);
  });

  it('are refused with an id, an issuer or a logo that they must not have', async () => {
    const api = await createApiClient(app());
    const post = async (body: object) =>
      (await api.post('identity-providers', { ...entry('new'), ...body })).status;

    assert.equal(await post({ id: 'fixed' }), 409);
    assert.equal(await post({ issuer: configured.issuer }), 409);
    assert.equal(await post({ logo: '/etc/passwd.png' }), 400);
    assert.equal(await post({ one_tap: true }), 400);
    assert.equal(await post({ client_secret: undefined }), 400);
    assert.equal(await post({ private_key: 'not a key', client_secret: undefined }), 400);
    const fixed = { body: { name: 'x' }, headers: { 'if-match': '*' } };
    assert.equal((await api.call('PATCH', 'identity-providers/fixed', fixed)).status, 409);
    assert.equal((await api.delete('identity-providers/fixed')).status, 409);
  });

  it('have their signals collected from an https address, until it is removed', async () => {
    const api = await createApiClient(app());
    const signals_poll_endpoint = 'https://polled.example.com/ssf/poll?stream=1';
    const plain = { ...entry('polled'), signals_poll_endpoint: 'http://polled.example.com/poll' };

    const refused = await api.post('identity-providers', plain);
    const created = await api.post('identity-providers', {
      ...entry('polled'),
      signals: true,
      signals_poll_endpoint,
    });
    const changed = await api.call('PATCH', 'identity-providers/polled', {
      body: { signals_poll_endpoint: null },
      headers: { 'if-match': created.headers.get('etag') ?? '' },
    });

    assert.equal(refused.status, 400);
    assert.match(refused.text, /signals_poll_endpoint must be an https address/);
    assert.equal(created.body['signals_poll_endpoint'], signals_poll_endpoint);
    assert.equal(changed.body['signals_poll_endpoint'], null);
  });

  it('are tested: metadata, endpoints and keys', async (t) => {
    const api = await createApiClient(app());
    const other = await startStandInProvider(t, { id: 'tested' });
    await api.post('identity-providers', other.setting);
    const works = await api.post('identity-providers/tested/test');
    other.spoil({ atDiscovery: (res) => void res.writeHead(404).end() });

    const fails = await api.post('identity-providers/tested/test');

    assert.deepEqual([works.status, works.body['ok']], [200, true], works.text);
    assert.deepEqual([fails.status, fails.body['ok']], [200, false]);
    assert.match(fails.text, /Provider discovery failed/);
  });
});

function entry(id: string) {
  const issuer = `https://${id}.example.com`;
  return { id, name: `Provider ${id}`, issuer, client_id: 'ostiary', client_secret: 'secret' };
}

// The behavior that patches of models rely on, checked against an oidc-provider without any patch. A failure
// after an upgrade names the patch that must be reviewed.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import { errors } from 'oidc-provider';
import { client, credentialsOf, service, startBareProvider } from './bare-provider.ts';

const clientCredentials = { ...credentialsOf(service), grant_type: 'client_credentials' };

describe('a model of the installed oidc-provider', () => {
  it('generates refresh tokens by RefreshToken#generateTokenId', async (t) => {
    const { provider, obtainTokens } = await startBareProvider(t);
    provider.RefreshToken.prototype.generateTokenId = () => 'chosen id';

    const tokens = await obtainTokens();

    assert.equal(tokens['refresh_token'], 'chosen id');
  });

  it('generates opaque access tokens by AccessToken#generateTokenId', async (t) => {
    const { provider, obtainTokens } = await startBareProvider(t);
    const generate = provider.AccessToken.prototype.generateTokenId;
    provider.AccessToken.prototype.generateTokenId = function prefixed() {
      return `prefix_${generate.call(this)}_${this.format}`;
    };

    const tokens = await obtainTokens();

    assert.match(tokens['access_token'] ?? '', /^prefix_[\w-]+_opaque$/);
  });

  it('generates client credentials tokens by ClientCredentials#generateTokenId, last', async (t) => {
    const { provider, post } = await startBareProvider(t, { scopes: ['openid', 'email'] });
    const generate = provider.ClientCredentials.prototype.generateTokenId;
    provider.ClientCredentials.prototype.generateTokenId = function limited() {
      assert.equal(this.scope, 'email');
      this.scope = 'openid';
      return `prefix_${generate.call(this)}`;
    };

    const response = await post('/token', { ...clientCredentials, scope: 'email' });

    const { access_token: token, scope } = Object(await response.json());
    assert.match(token, /^prefix_[\w-]+$/);
    assert.equal(scope, 'openid');
  });

  it('responds with an error that ClientCredentials#generateTokenId throws', async (t) => {
    const { provider, post } = await startBareProvider(t);
    provider.ClientCredentials.prototype.generateTokenId = () => {
      throw new errors.InvalidScope('none is granted', 'email');
    };

    const response = await post('/token', clientCredentials);

    assert.equal(Object(await response.json()).error, 'invalid_scope');
  });

  it('compares a presented secret by Client#compareClientSecret only', async (t) => {
    const { provider, post } = await startBareProvider(t);
    const presented: [string, string | undefined][] = [];
    provider.Client.prototype.compareClientSecret = function compare(secret: string) {
      presented.push([secret, this.clientSecret]);
      return secret === 'another secret';
    };

    const response = await post('/token', {
      ...clientCredentials,
      client_secret: 'another secret',
    });

    assert.equal(response.status, 200);
    assert.deepEqual(presented, [['another secret', service.client_secret]]);
  });

  it('issues ID tokens by IdToken#issue, after the access token of the response', async (t) => {
    const { provider, obtainTokens } = await startBareProvider(t);
    const issue = provider.IdToken.prototype.issue;
    provider.IdToken.prototype.issue = function issueWithScope(context) {
      assert.equal(context.use, 'idtoken');
      assert.equal(this.client?.clientId, client.client_id);
      const { AccessToken: token } = this.ctx.oidc.entities;
      Object.assign(this, { scope: token?.scope });
      return issue.call(this, context);
    };

    const tokens = await obtainTokens();

    assert.equal(decodeJwt(tokens['id_token'] ?? '')['email'], 'user@example.com');
  });

  it('omits the claims of a scope from an ID token whose scope is not set', async (t) => {
    const { obtainTokens } = await startBareProvider(t);

    const tokens = await obtainTokens();

    assert.equal(decodeJwt(tokens['id_token'] ?? '')['email'], undefined);
  });

  it('adds sid to an ID token if Client#includeSid returns true', async (t) => {
    const { provider, obtainTokens } = await startBareProvider(t);
    provider.Client.prototype.includeSid = () => true;

    const tokens = await obtainTokens();

    assert.equal(typeof decodeJwt(tokens['id_token'] ?? '')['sid'], 'string');
  });

  it('assigns sid to an access token, where a setter of the prototype can drop it', async (t) => {
    const { provider, records, obtainTokens } = await startBareProvider(t);
    provider.Client.prototype.includeSid = () => true;
    const before = await obtainTokens();
    Object.defineProperty(provider.AccessToken.prototype, 'sid', {
      get: () => undefined,
      set() {},
    });

    const after = await obtainTokens();

    const sidOf = (token = '') => records.get(`AccessToken ${token}`)?.['sid'];
    assert.equal(typeof sidOf(before['access_token']), 'string');
    assert.equal(sidOf(after['access_token']), undefined);
  });

  it('delivers back-channel logout by Client#backchannelLogout', async (t) => {
    const { provider, get, post, signIn } = await startBareProvider(t);
    const notified: string[] = [];
    provider.Client.prototype.backchannelLogout = async function record() {
      notified.push(this.clientId);
    };
    const cookie = await signIn();
    await get(`/auth?client_id=client&response_type=code&scope=openid`, cookie);
    const form = await (await get('/session/end', cookie)).text();
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(form)?.[1] ?? '';

    await post('/session/end/confirm', { xsrf, logout: 'yes' }, { cookie });

    assert.deepEqual(notified, ['client']);
  });
});

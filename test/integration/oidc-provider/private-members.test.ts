// The members that src/oidc/patches/private-members.ts reads, checked against an oidc-provider
// without any patch.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair } from 'jose';
import Provider, { errors } from 'oidc-provider';
import {
  issueLogoutToken,
  logoutFormSecret,
  replacedIdOf,
  saveInteractionResult,
  validateClientMetadata,
  verificationKeys,
} from '#oidc/patches/private-members.ts';
import {
  client,
  createInteraction,
  credentialsOf,
  service,
  sessionOf,
  startBareProvider,
} from './bare-provider.ts';

const clientCredentials = { ...credentialsOf(service), grant_type: 'client_credentials' };

describe('a member of the installed oidc-provider that is read without a patch', () => {
  it('keeps the replaced id of a session in Session#oldId, and destroys it on saving', async (t) => {
    const { provider, records, signIn } = await startBareProvider(t);
    const session = await sessionOf(provider, await signIn());
    const before = session.jti;

    session.resetIdentifier();
    await session.persist();

    assert.equal(replacedIdOf(session), before);
    assert.equal(records.has(`Session ${before}`), false);
  });

  it('protects the logout form by Session#state.secret', async (t) => {
    const secrets: unknown[] = [];
    const { get, signIn } = await startBareProvider(t, {
      features: {
        devInteractions: { enabled: false },
        rpInitiatedLogout: {
          enabled: true,
          logoutSource: async (ctx, form) => {
            secrets.push(logoutFormSecret(ctx));
            ctx.body = form;
          },
        },
      },
    });

    const form = await (await get('/session/end', await signIn())).text();

    assert.ok(form.includes(`name="xsrf" value="${String(secrets[0])}"`));
  });

  it('validates client metadata by Client.validate', async (t) => {
    const { provider } = await startBareProvider(t);
    const invalid = { ...client, redirect_uris: ['not a URI'] };

    await validateClientMetadata(provider, client);

    await assert.rejects(validateClientMetadata(provider, invalid), errors.InvalidClientMetadata);
  });

  it('selects the keys of a client by Client#asymmetricKeyStore', async (t) => {
    const { publicKey } = await generateKeyPair('ES256');
    const key = { ...(await exportJWK(publicKey)), kid: 'key of the client', alg: 'ES256' };
    const { provider } = await startBareProvider(t, {
      clients: [{ ...service, jwks: { keys: [key] } }],
    });
    const found = await provider.Client.find(service.client_id);
    assert.ok(found);

    const keys = await verificationKeys(found, { alg: 'ES256', kid: undefined });

    assert.deepEqual(
      keys.map(({ kid }) => kid),
      ['key of the client'],
    );
  });

  it('signs a logout token by IdToken#issue with the claims set on the token', async (t) => {
    const { provider, issuer } = await startBareProvider(t);
    const found = await provider.Client.find(client.client_id);
    assert.ok(found);

    const token = await issueLogoutToken(provider, found, { sub: 'user', jti: 'jti', sid: 'sid' });

    const { iat, exp, ...claims } = decodeJwt(token);
    assert.equal((exp ?? 0) - (iat ?? 0), 120);
    assert.equal(decodeProtectedHeader(token).typ, 'logout+jwt');
    assert.deepEqual(claims, {
      iss: issuer,
      aud: 'client',
      sub: 'user',
      jti: 'jti',
      sid: 'sid',
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    });
  });

  it('reads the result of an interaction that Interaction#save has stored', async (t) => {
    const { provider, get, signIn } = await startBareProvider(t);
    const cookie = await signIn();
    const interaction = createInteraction(provider, await sessionOf(provider, cookie));
    const result = { error: 'access_denied', error_description: 'refused by the user' };
    await saveInteractionResult(interaction, result, 600);

    const response = await get('/auth/uid', `${cookie}; _interaction_resume=uid`);

    const { searchParams } = new URL(response.headers.get('location') ?? '');
    assert.equal(searchParams.get('error_description'), 'refused by the user');
  });

  it('makes the context of its routes available as Provider.ctx', async (t) => {
    const { provider, post } = await startBareProvider(t);
    const routes: unknown[] = [];
    const generate = provider.ClientCredentials.prototype.generateTokenId;
    provider.ClientCredentials.prototype.generateTokenId = function recordRoute() {
      routes.push(Provider.ctx?.oidc.route);
      return generate.call(this);
    };

    await post('/token', clientCredentials);

    assert.deepEqual(routes, ['token']);
  });
});

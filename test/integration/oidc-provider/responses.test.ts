// The behavior that patches of requests and responses rely on, checked against an oidc-provider without any
// patch. A failure after an upgrade names the patch that must be reviewed.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { replayBody } from '#oidc/patches/request-body.ts';
import {
  createInteraction,
  credentialsOf,
  service,
  sessionOf,
  startBareProvider,
} from './bare-provider.ts';

const clientCredentials = { ...credentialsOf(service), grant_type: 'client_credentials' };

describe('a response of the installed oidc-provider', () => {
  it('shows a page for a logout without a session, which middleware can replace', async (t) => {
    const { provider, get } = await startBareProvider(t);
    const seen: unknown[] = [];
    provider.use(async (ctx: KoaContextWithOIDC, next: () => Promise<unknown>) => {
      await next();
      const { route, session, params } = ctx.oidc;
      seen.push(route, ctx.status, session?.accountId, params?.['state']);
      ctx.status = 303;
      ctx.redirect('https://client.example/');
    });

    const response = await get('/session/end?client_id=client&state=state');

    assert.deepEqual(seen, ['end_session', 200, undefined, 'state']);
    assert.equal(response.headers.get('location'), 'https://client.example/');
  });

  it('destroys an interaction before middleware of the provider continues', async (t) => {
    const { provider, records, get, signIn } = await startBareProvider(t);
    const states: unknown[] = [];
    const cookie = await signIn();
    const interaction = createInteraction(provider, await sessionOf(provider, cookie));
    await interaction.save(600);
    provider.use(async (ctx: KoaContextWithOIDC, next: () => Promise<unknown>) => {
      states.push(records.has('Interaction uid'));
      await next();
      states.push(records.has('Interaction uid'), ctx.headerSent);
    });

    await get('/auth/uid', `${cookie}; _interaction_resume=uid`);

    assert.deepEqual(states, [true, false, false]);
  });

  it('emits grant.error with its response set, for a grant type of another client', async (t) => {
    const { provider, post } = await startBareProvider(t);
    const seen: unknown[] = [];
    provider.on('grant.error', (ctx, error) => {
      const { client: known, params } = ctx.oidc;
      seen.push(error.error, ctx.status, known?.grantTypeAllowed(String(params?.['grant_type'])));
      ctx.body = { error: 'replaced' };
    });

    const response = await post('/token', {
      ...credentialsOf(service),
      grant_type: 'refresh_token',
    });

    assert.deepEqual(seen, ['invalid_request', 400, false]);
    assert.deepEqual(await response.json(), { error: 'replaced' });
  });

  it('emits server_error with its response set, before the response is sent', async (t) => {
    const { provider, post } = await startBareProvider(t);
    const failure = new Error('store is down');
    const seen: unknown[] = [];
    provider.ClientCredentials.prototype.generateTokenId = () => {
      throw failure;
    };
    provider.on('server_error', (ctx, error) => {
      seen.push(error, ctx.status, Object(ctx.body).error);
      ctx.status = 503;
    });

    const response = await post('/token', clientCredentials);

    assert.deepEqual(seen, [failure, 500, 'server_error']);
    assert.equal(response.status, 503);
  });

  it('reads a replayed body through readable and iterator of the request', async (t) => {
    const { provider, post } = await startBareProvider(t);
    provider.use(async (ctx: KoaContextWithOIDC, next: () => Promise<unknown>) => {
      replayBody(ctx.req, Buffer.concat(await ctx.req.toArray()));
      return next();
    });

    const response = await post('/token', clientCredentials);

    assert.equal(response.status, 200);
  });
});

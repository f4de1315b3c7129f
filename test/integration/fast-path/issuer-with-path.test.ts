// The fast path builds the URLs of endpoints as the middleware does, at the origin and below the path of the
// issuer. It does so before the middleware has seen a request.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, shareInSuite } from '#test/support/app.ts';
import { serviceFacts } from '#test/support/data/service-facts.ts';
import { createProofKey } from '#test/support/fast-path/dpop/dpop-proofs.ts';
import { tokenRequest, withProof } from '#test/support/fast-path/scenarios.ts';
import { openTwoWays, type Way } from '#test/support/fast-path/two-ways.ts';

const path = '/sso';
const settings = { ISSUER: `https://id.example${path}` };

const service = { auth: 'private_key_jwt', ...serviceFacts } as const;

describeApp('an issuer with a path', { settings }, (app) => {
  const ways = shareInSuite((works) => openTwoWays(works, app()));

  for (const [audience, outcome] of [
    ['', 'direct'],
    ['/oauth2/token', 'answered'],
  ] as const) {
    it(`accepts assertions for ${audience || 'the issuer'} (${outcome})`, async () => {
      const client = await app().createClient(service);
      const form = { grant_type: 'client_credentials' };
      const claims = { aud: `${app().issuer}${audience}` };
      const request = tokenRequest(app(), client, form, claims);
      const send = (way: Way) => ways().send(way, { ...request, path: `${path}${request.path}` });
      const known = ways().count('token', outcome);

      assert.equal((await send('fast')).status, 200);
      assert.equal((await send('engine')).status, 200);
      assert.equal(ways().count('token', outcome), known + 1);
    });
  }

  for (const [name, url, status] of [
    ['accepts a proof for a URL with', '', 200],
    ['refuses a proof for a URL without', path, 400],
  ] as const) {
    it(`${name} its path`, async () => {
      const client = await app().createClient({ ...service, auth: 'client_secret_basic' });
      const key = await createProofKey();
      const request = tokenRequest(app(), client, { grant_type: 'client_credentials' });
      const target = {
        method: 'POST',
        url: `${app().issuer}${request.path}`.replace(url, ''),
      } as const;
      const sent = withProof({ ...request, path: `${path}${request.path}` }, key.place(target));
      const known = ways().count('token', 'direct');

      assert.equal((await ways().send('fast', sent)).status, status);
      assert.equal((await ways().send('engine', sent)).status, status);
      assert.equal(ways().count('token', 'direct') - known, status === 200 ? 1 : 0);
    });
  }
});

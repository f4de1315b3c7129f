// The fast path builds the URLs of endpoints as the middleware does, below the path of the issuer.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, shareInSuite } from '#test/support/app.ts';
import { serviceFacts } from '#test/support/data/service-facts.ts';
import { tokenRequest } from '#test/support/fast-path/scenarios.ts';
import { openTwoWays, type Way } from '#test/support/fast-path/two-ways.ts';

const path = '/sso';
const settings = { ISSUER: `http://127.0.0.1:8080${path}` };

const service = { auth: 'private_key_jwt', ...serviceFacts } as const;

describeApp('assertions for an issuer with a path', { settings }, (app) => {
  const ways = shareInSuite((works) => openTwoWays(works, app()));

  for (const [audience, outcome] of [
    ['', 'direct'],
    ['/oauth2/token', 'answered'],
  ] as const) {
    it(`are accepted for ${audience || 'the issuer'}, ${outcome}`, async () => {
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
});

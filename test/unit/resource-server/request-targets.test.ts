// The resource server package and request targets that are not valid URLs, which a server passes on.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { anApi, bearer } from '#test/support/resource-server/asking.ts';

describe('a protected API', () => {
  it('decides for every target that a client can write into the request line', async () => {
    const { issuer, api } = await anApi();
    const headers = new Headers(bearer(await issuer.accessToken()));

    for (const target of ['//', '//[', '//a:b/', 'http://[/', '/%', '*', '']) {
      const request = { method: 'GET', url: target, headers };
      const auth = await api.verify(request);
      assert.ok(!(auth instanceof Response), `${target}: ${Object(auth).status}`);
      assert.equal(api.metadataResponse(request), undefined, target);
    }
    const twice = await api.verify({ method: 'GET', url: '//[?b=1?&access_token=a', headers });
    assert.equal(Object(twice).status, 400);
  });
});

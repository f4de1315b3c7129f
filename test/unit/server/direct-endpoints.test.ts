// Which middleware a request skips.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Context, Handler } from '#http/context.ts';
import { createDirectEndpoints } from '#server/direct-endpoints.ts';

/** Returns who handled a request for the path. */
function handle(wrap: (middleware: Handler) => Handler, path: string): unknown {
  const ctx = { path } as Context; // the middleware reads nothing else
  return wrap(() => 'middleware')(ctx, async () => {}) instanceof Promise ? 'next' : 'middleware';
}

for (const basePath of ['', '/base']) {
  const { skipDirect, skipPrograms } = createDirectEndpoints(basePath);

  describe(`with an issuer at "${basePath}"`, () => {
    it('endpoints of clients skip middleware for pages and browsers', () => {
      for (const path of ['/oauth2/token', '/oauth2/jwks', '/.well-known/openid-configuration']) {
        assert.equal(handle(skipDirect, basePath + path), 'next');
        assert.equal(handle(skipPrograms, basePath + path), 'next');
      }
    });

    it('authorization requests skip the routes of pages only', () => {
      for (const path of ['/oauth2/authorize', '/oauth2/authorize/uid']) {
        assert.equal(handle(skipDirect, basePath + path), 'next');
        assert.equal(handle(skipPrograms, basePath + path), 'middleware');
      }
    });

    it('other requests skip nothing', () => {
      const paths = ['/', '/auth/sign-in', '/oauth2/register', '/oauth2/logout', '/oauth2/token/x'];
      for (const path of [...paths, '/other/oauth2/token', '/oauth2/authorize2']) {
        assert.equal(handle(skipDirect, basePath + path), 'middleware');
        assert.equal(handle(skipPrograms, basePath + path), 'middleware');
      }
    });
  });
}

it('middleware keeps its name', () => {
  const { skipDirect } = createDirectEndpoints('');

  assert.equal(skipDirect(function named() {}).name, 'named');
});

// CORS of the management API: the listed origins only (Fetch §3.3).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createApiClient } from '#test/support/actors/api-client.ts';
import { describeApp } from '#test/support/app.ts';

const origin = 'https://tools.example.com';

describeApp(
  'CORS of the management API',
  { settings: { API_CORS_ORIGINS: `${origin},http://localhost:5173` } },
  (app) => {
    const preflight = (from: string) =>
      app().send(new URL(`${app().issuer}/auth/api/v1/users`), {
        method: 'OPTIONS',
        headers: { origin: from, 'access-control-request-method': 'PATCH' },
      });

    it('answers the preflight of a listed origin, without credentials', async () => {
      const answer = await preflight(origin);

      assert.equal(answer.status, 204);
      assert.equal(answer.headers.get('access-control-allow-origin'), origin);
      assert.match(answer.headers.get('access-control-allow-methods') ?? '', /PATCH/);
      assert.match(answer.headers.get('access-control-allow-headers') ?? '', /If-Match/);
      assert.equal(answer.headers.get('access-control-allow-credentials'), null);
    });

    it('permits a listed origin to read responses and errors, and no other', async () => {
      const api = await createApiClient(app());
      const call = (from: string, path: string) =>
        api.call('GET', path, { headers: { origin: from } });

      const [read, error, other] = [
        await call(origin, 'users'),
        await call(origin, 'users/unknown'),
        await call('https://tools.example.com.evil.example', 'users'),
      ];

      const allowed = [read, error, other].map(({ headers }) =>
        headers.get('access-control-allow-origin'),
      );
      assert.deepEqual(allowed, [origin, origin, null]);
      assert.match(read.headers.get('access-control-expose-headers') ?? '', /ETag/i);
      assert.equal((await preflight('https://other.example')).status, 401);
    });

    it('does not extend to pages', async () => {
      const page = await app().send(new URL(`${app().issuer}/auth/sign-in`), {
        headers: { origin },
      });

      assert.equal(page.headers.get('access-control-allow-origin'), null);
    });
  },
);

// How often a registration may be changed (RFC 7592); refused requests count as well.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';
import { createRegistrationClient, webClient } from '#test/support/steps/client-registration.ts';

describeApp(
  'changes of a dynamic registration',
  { settings: { CLIENT_REGISTRATION: 'open', RATE_LIMITS: 'on' } },
  (app) => {
    it('have a separate rate limit', async () => {
      const client = createRegistrationClient(app());
      const { body } = await client.register(webClient);

      const statuses: number[] = [];
      for (let turn = 0; turn < 61; turn += 1) {
        statuses.push((await client.update(body, webClient, 'unknown')).status);
      }

      assert.deepEqual(new Set(statuses.slice(0, 60)), new Set([401]));
      assert.equal(statuses[60], 429);
      assert.equal((await client.read(body)).status, 200);
      assert.equal((await client.register(webClient)).status, 201);
      const removed = await client.remove(body);
      assert.equal(removed.status, 429);
      assert.match(removed.headers.get('ratelimit-policy') ?? '', /^"client management"/);
    });
  },
);

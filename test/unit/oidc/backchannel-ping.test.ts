// Which responses to a ping (OpenID CIBA Core §10.2) cause another attempt.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type Provider from 'oidc-provider';
import { Undeliverable } from '#core/outbox/outbox.ts';
import { createBackchannelPing } from '#oidc/asynchronous/backchannel-ping.ts';

const now = new Date('2026-01-01T00:00:00Z');

/** Resolves to the action of the outbox after a response of the client. */
async function outcomeOf(status: number): Promise<'delivered' | 'given up' | 'repeated'> {
  const client = { backchannelClientNotificationEndpoint: 'https://rp.example/ping' };
  const ping = createBackchannelPing({
    // The handler only finds the client.
    provider: { Client: { find: async () => client } } as unknown as Provider,
    fetch: async () => new Response(null, { status }),
    now: () => now,
  });
  const job = {
    kind: 'backchannel_ping',
    userId: 'user',
    clientId: 'client',
    authReqId: 'request',
    token: 'token',
    until: '2026-01-01T00:01:00Z',
  } as const;
  const signal = new AbortController().signal;
  return Promise.resolve(ping(job, { signal } as Parameters<typeof ping>[1])).then(
    () => 'delivered',
    (error: unknown) => (error instanceof Undeliverable ? 'given up' : 'repeated'),
  );
}

describe('a ping', () => {
  for (const [status, outcome] of [
    [200, 'delivered'],
    [204, 'delivered'],
    [301, 'given up'],
    [400, 'given up'],
    [401, 'given up'],
    [403, 'given up'],
    [404, 'given up'],
    [408, 'repeated'],
    [429, 'repeated'],
    [500, 'repeated'],
    [503, 'repeated'],
  ] as const) {
    it(`is ${outcome} after a response with status ${status}`, async () => {
      assert.equal(await outcomeOf(status), outcome);
    });
  }
});

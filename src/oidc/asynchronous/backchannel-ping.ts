// Tells a client in the mode ping that its tokens can be requested (CIBA Core 1.0 §10.2). The outbox
// decides about retries; a client that misses the ping may poll.
import type Provider from 'oidc-provider';
import { Undeliverable } from '#core/outbox/outbox.ts';
import type { JobHandler } from '#core/outbox/worker.service.ts';
import type { OutboundFetch } from '#platform/outbound/outbound-fetch.ts';

export interface BackchannelPingDependencies {
  readonly provider: Provider;
  readonly fetch: OutboundFetch;
  readonly now: () => Date;
}

export function createBackchannelPing({
  provider,
  fetch,
  now,
}: BackchannelPingDependencies): JobHandler<'backchannel_ping'> {
  return async ({ clientId, authReqId, token, until }, { signal }) => {
    if (new Date(until) <= now()) throw new Undeliverable('The request has expired.');
    const client = await provider.Client.find(clientId);
    const address = client?.backchannelClientNotificationEndpoint;
    if (address === undefined) {
      throw new Undeliverable('The client was deleted or no longer has a notification endpoint.');
    }
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const body = JSON.stringify({ auth_req_id: authReqId });
    const { status } = await fetch(address, { method: 'POST', headers, body, signal });
    if (status !== 200 && status !== 204)
      throw new Error(`The client responded with status ${status}.`);
  };
}

// Notifies a client in ping mode that it can request its tokens (CIBA Core 1.0 §10.2). The outbox decides
// about retries; a client that misses the ping may poll.
import type Provider from 'oidc-provider';
import { Undeliverable } from '#core/outbox/outbox.ts';
import type { JobHandler } from '#core/outbox/worker.service.ts';
import type { OutboundFetch } from '#platform/outbound/outbound-fetch.ts';

/** Retried: Request Timeout, Too Early, Too Many Requests. */
const temporaryStatuses = [408, 425, 429];

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
    if (status === 200 || status === 204) return;
    const message = `The client responded with status ${status}.`;
    throw isTemporary(status) ? new Error(message) : new Undeliverable(message);
  };
}

/**
 * A redirect is not followed (§10.2). A client that refuses the ping would refuse it again, and needs
 * no ping to poll.
 */
function isTemporary(status: number): boolean {
  return status >= 500 || temporaryStatuses.includes(status);
}

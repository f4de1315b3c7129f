// Notifies a client that a user's session has ended (OpenID Connect Back-Channel Logout 1.0).
// oidc-provider issues the logout token when it is sent; core/outbox/worker.service.ts decides
// about retries.
import type Provider from 'oidc-provider';
import type { Client } from 'oidc-provider';
import { Undeliverable } from '#core/outbox/outbox.ts';
import { randomToken } from '#platform/crypto/hashing.ts';
import type { OutboundFetch } from '#platform/outbound/outbound-fetch.ts';
import { issueLogoutToken } from '#oidc/patches/private-members.ts';
import type { JobHandler } from '#core/outbox/worker.service.ts';
import type { LogoutOrder } from '#core/outbox/outbox.service.ts';

export interface BackchannelLogoutDependencies {
  readonly provider: Provider;
  readonly fetch: OutboundFetch;
}

export function createBackchannelLogout(
  dependencies: BackchannelLogoutDependencies,
): JobHandler<'backchannel_logout'> {
  const { provider, fetch } = dependencies;

  /**
   * Each attempt needs a new token, since a logout token is valid for two minutes (section 2.4).
   */
  async function issueToken(client: Client, { userId, sid }: LogoutOrder): Promise<string> {
    return issueLogoutToken(provider, client, { sub: userId, jti: randomToken(16), sid });
  }

  return async (order, { signal }) => {
    const client = await provider.Client.find(order.clientId);
    const address = client?.backchannelLogoutUri;
    if (!client || address === undefined) {
      throw new Undeliverable('The client was deleted or no longer has a backchannel_logout_uri.');
    }
    const body = new URLSearchParams({ logout_token: await issueToken(client, order) });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const { status } = await fetch(address, { method: 'POST', headers, body, signal });
    // Some frameworks send 204 in place of an empty 200 (section 2.8).
    if (status !== 200 && status !== 204)
      throw new Error(`The client responded with status ${status}.`);
  };
}

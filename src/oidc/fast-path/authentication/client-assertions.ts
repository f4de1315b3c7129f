// Authenticates a client by a signed assertion whose audience is the issuer (RFC 7523 §3). oidc-provider's
// own function checks it, but its id is claimed last, because oidc-provider must find the id unused if the
// request is left to it.
import { decodeJwt } from 'jose';
import type { Client, Provider } from 'oidc-provider';
import type { ReplayProtection } from '#oidc/adapters/replay-adapter.ts';
import { checkClientAssertion } from '#oidc/patches/handlers/client-assertion.ts';
import type { DirectRequest } from '#oidc/fast-path/direct/direct-request.ts';
import type { Authenticated } from './caller.ts';

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export interface ClientAssertionDependencies {
  readonly provider: Provider;
  readonly replays: Pick<ReplayProtection, 'postpone' | 'claim'>;
}

export function createClientAssertions({ provider, replays }: ClientAssertionDependencies) {
  /** The client that the assertion names, if it must use assertions and nothing in the request contradicts it. */
  async function findClient({ authorization, form }: DirectRequest): Promise<Client | undefined> {
    const { client_assertion: assertion = '', client_assertion_type: type } = form;
    const { client_id: clientId, client_secret: secret } = form;
    const isOnlyMechanism = authorization === undefined && secret === undefined;
    if (!isOnlyMechanism || type !== assertionType) return undefined;
    const subject = subjectOf(assertion);
    if (subject === undefined || (clientId ?? subject) !== subject) return undefined;
    const client = await provider.Client.find(subject);
    return client?.clientAuthMethod === 'private_key_jwt' ? client : undefined;
  }

  /** `undefined` if oidc-provider must decide. */
  return async (request: DirectRequest): Promise<Authenticated | undefined> => {
    const client = await findClient(request);
    if (!client) return undefined;
    try {
      const check = () => checkClientAssertion(provider, request.ctx, client);
      const [id, ...others] = await replays.postpone(check);
      if (id === undefined || others.length > 0) return undefined;
      return { client, confirm: () => replays.claim(id) };
    } catch {
      return undefined;
    }
  };
}

function subjectOf(assertion: string): string | undefined {
  try {
    return decodeJwt(assertion).sub;
  } catch {
    return undefined;
  }
}

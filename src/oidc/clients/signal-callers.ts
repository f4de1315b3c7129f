// Authenticates receivers of Shared Signals, by an access token of the client itself for the API in which
// receivers manage their streams (CAEP Interoperability Profile 1.0 §2.7).
import type { ClientCredentials, Provider } from 'oidc-provider';
import { signalAudience, splitScope } from '#core/clients/scopes.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { SubjectStatusService } from '#core/subject-status/subject-status.service.ts';
import { isPossible } from '#oidc/tokens/token-prefixes.ts';

export interface SignalCaller {
  readonly clientId: string;
  /** The scopes of the token that the client may still request. */
  readonly scopes: ReadonlySet<string>;
}

export interface SignalCallerDependencies {
  readonly provider: Provider;
  readonly clients: Clients;
  readonly subjectStatus: SubjectStatusService;
  readonly issuer: string;
}

const nobody = { userId: undefined, grantId: undefined, sessionUid: undefined };

export function createSignalCallers(dependencies: SignalCallerDependencies) {
  const { provider, clients, subjectStatus, issuer } = dependencies;
  const audience = signalAudience(issuer);

  async function find(value: string): Promise<ClientCredentials | undefined> {
    if (!isPossible('ClientCredentials', value)) return undefined;
    return provider.ClientCredentials.find(value);
  }

  return {
    /**
     * Returns `undefined` for every invalid token. A sender-constrained token needs a proof of
     * possession, which this API does not support, so it is refused.
     */
    async read(value: string): Promise<SignalCaller | undefined> {
      const token = await find(value);
      if (!token || token.isExpired || token.aud !== audience) return undefined;
      if (token.isSenderConstrained() || token.clientId === undefined) return undefined;
      const client = await clients.find(token.clientId);
      const resource = await clients.findResource(audience);
      if (!client || !resource) return undefined;
      const { notBefore } = await subjectStatus.load(nobody);
      const issuedAt = new Date(token.iat * 1000);
      if (!subjectStatus.isActive({ user: null, notBefore }, client, issuedAt)) return undefined;
      const allowed = clients.scopesFor(client, resource);
      const scopes = splitScope(token.scope).filter((scope) => allowed.includes(scope));
      return { clientId: client.clientId, scopes: new Set(scopes) };
    },
  };
}

export type SignalCallers = ReturnType<typeof createSignalCallers>;

// Authenticates callers of the management API: validates the access token and checks that its
// client, user, grant and session are active. The routes declare the scopes they require.
import type { AccessToken, ClientCredentials, Provider } from 'oidc-provider';
import type { AuditActor } from '#core/audit/audit.ts';
import type { Client } from '#core/clients/clients.ts';
import { managementAudience, splitScope } from '#core/clients/scopes.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { SubjectStatusService } from '#core/subject-status/subject-status.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { isPossible } from './token-prefixes.ts';

export interface ApiCaller {
  /** The actor for the audit log: the user if the token has one, otherwise the client. */
  readonly actor: AuditActor;
  readonly clientId: string;
  readonly scopes: ReadonlySet<string>;
  /** False for a user without the administrator role. */
  readonly isOperator: boolean;
}

export interface ManagementTokenDependencies {
  readonly provider: Provider;
  readonly clients: Clients;
  readonly users: UserStore;
  readonly subjectStatus: SubjectStatusService;
  readonly issuer: string;
}

const nobody = { userId: undefined, grantId: undefined, sessionUid: undefined };

type Token = AccessToken | ClientCredentials;

export function createManagementTokens(dependencies: ManagementTokenDependencies) {
  const { provider, clients, users, subjectStatus, issuer } = dependencies;
  const audience = managementAudience(issuer);

  /**
   * oidc-provider checks expiry and whether the session that the token is bound to still exists.
   */
  async function find(value: string): Promise<Token | undefined> {
    if (isPossible('ClientCredentials', value)) return provider.ClientCredentials.find(value);
    if (isPossible('AccessToken', value)) return provider.AccessToken.find(value);
    return undefined;
  }

  /**
   * The scopes that the client may still request: a right that was withdrawn also applies to tokens
   * issued before.
   */
  async function scopesOf(token: Token, client: Client): Promise<ReadonlySet<string>> {
    const resource = await clients.findResource(audience);
    const allowed = resource ? clients.scopesFor(client, resource) : [];
    return new Set(splitScope(token.scope).filter((scope) => allowed.includes(scope)));
  }

  async function readClientToken(token: ClientCredentials, client: Client) {
    const { notBefore } = await subjectStatus.load(nobody);
    if (!subjectStatus.isActive({ user: null, notBefore }, client, issuedAt(token)))
      return undefined;
    return { actor: { kind: 'client', id: client.clientId } as const, isOperator: true };
  }

  async function readPersonToken(token: AccessToken, client: Client) {
    const { accountId, grantId } = token;
    const [user, { grant, notBefore }] = await Promise.all([
      users.findById(accountId),
      subjectStatus.load({ ...nobody, grantId }),
    ]);
    if (grant?.userId !== accountId || grant.clientId !== client.clientId) return undefined;
    if (!subjectStatus.isActive({ user, notBefore }, client, issuedAt(token))) return undefined;
    const isOperator = user?.roles.includes('admin') === true;
    return { actor: { kind: 'user', id: accountId } as const, isOperator };
  }

  return {
    /**
     * Returns `undefined` for every invalid token. A sender-constrained token needs a proof of
     * possession, which this API does not support, so it is refused.
     */
    async read(value: string): Promise<ApiCaller | undefined> {
      const token = await find(value);
      if (!token || token.isExpired || token.aud !== audience) return undefined;
      if (token.isSenderConstrained()) return undefined;
      const client = token.clientId === undefined ? undefined : await clients.find(token.clientId);
      if (!client) return undefined;
      const holder =
        token.kind === 'AccessToken'
          ? await readPersonToken(token, client)
          : await readClientToken(token, client);
      if (!holder) return undefined;
      return { ...holder, clientId: client.clientId, scopes: await scopesOf(token, client) };
    },
  };
}

export type ManagementTokens = ReturnType<typeof createManagementTokens>;

function issuedAt({ iat }: { readonly iat: number }): Date {
  return new Date(iat * 1000);
}

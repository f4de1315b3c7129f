// Authenticates callers of the management API: validates the access token and checks that its
// client, user, grant and session are active. The routes declare the scopes they require.
import type { AccessToken, ClientCredentials, Provider } from 'oidc-provider';
import type { AccessControl } from '#core/access-control/access-control.service.ts';
import type { AuditActor } from '#core/audit/audit.ts';
import type { Client } from '#core/clients/clients.ts';
import { managementAudience, splitScope, type ManagementScope } from '#core/clients/scopes.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { SubjectStatusService } from '#core/subject-status/subject-status.service.ts';
import { refusalOf } from '#oidc/access-control/client-access.ts';
import { isPossible } from './token-prefixes.ts';

export interface ApiCaller {
  /** The actor for the audit log: the user if the token has one, otherwise the client. */
  readonly actor: AuditActor;
  readonly clientId: string;
  readonly scopes: ReadonlySet<string>;
  /** False for a user whose roles permit nothing in the management API. */
  readonly isOperator: boolean;
  /** How the user signed in; `undefined` if the token has no user, or an older version issued it. */
  readonly acr?: string | undefined;
}

export interface ManagementTokenDependencies {
  readonly provider: Provider;
  readonly clients: Clients;
  readonly accessControl: AccessControl;
  readonly subjectStatus: SubjectStatusService;
  readonly issuer: string;
}

const nobody = { userId: undefined, grantId: undefined, sessionUid: undefined };

type Token = AccessToken | ClientCredentials;

export function createManagementTokens(dependencies: ManagementTokenDependencies) {
  const { provider, clients, accessControl, subjectStatus, issuer } = dependencies;
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
   * The scopes that the client may still request and that the user's roles still permit: a withdrawn right is
   * also missing from tokens that were issued before.
   * @param rights `undefined` when no user is involved
   */
  async function scopesOf(
    token: Token,
    client: Client,
    rights: ReadonlySet<string> | undefined,
  ): Promise<ReadonlySet<string>> {
    const resource = await clients.findResource(audience);
    const allowed = resource ? clients.scopesFor(client, resource) : [];
    const scopes = splitScope(token.scope).filter((scope) => allowed.includes(scope));
    return new Set(scopes.filter((scope) => rights === undefined || rights.has(scope)));
  }

  async function readClientToken(token: ClientCredentials, client: Client) {
    const { notBefore } = await subjectStatus.load(nobody);
    if (!subjectStatus.isActive({ user: null, notBefore }, client, issuedAt(token)))
      return undefined;
    const actor = { kind: 'client', id: client.clientId } as const;
    return { actor, rights: undefined };
  }

  async function readPersonToken(token: AccessToken, client: Client) {
    const { accountId, grantId } = token;
    const context = await subjectStatus.load({ ...nobody, userId: accountId, grantId });
    const { grant, assignments } = context;
    if (grant?.userId !== accountId || grant.clientId !== client.clientId) return undefined;
    if (!subjectStatus.isActive(context, client, issuedAt(token))) return undefined;
    if (refusalOf(client, assignments, undefined)) return undefined;
    const rights = await accessControl.rightsOf(assignments);
    return { actor: { kind: 'user', id: accountId } as const, rights };
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
      const { rights } = holder;
      const scopes = await scopesOf(token, client, rights);
      const actor = { ...holder.actor, authority: { scopes, needed: [] } };
      const isOperator = rights === undefined || rights.size > 0;
      return { actor, clientId: client.clientId, scopes, isOperator, acr: acrOf(token) };
    },
  };
}

export type ManagementTokens = ReturnType<typeof createManagementTokens>;

/** The caller as the author of an act, whose write proves again that the caller has these scopes. */
export function needing(caller: ApiCaller, needed: readonly ManagementScope[]): ApiCaller {
  const { actor, scopes } = caller;
  return { ...caller, actor: { ...actor, authority: { scopes, needed } } };
}

function issuedAt({ iat }: { readonly iat: number }): Date {
  return new Date(iat * 1000);
}

function acrOf({ extra }: Token): string | undefined {
  const acr = extra?.['acr'];
  return typeof acr === 'string' ? acr : undefined;
}

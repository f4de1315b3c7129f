// What a client may do with the tokens of others at the token endpoint (RFC 8693), according to its metadata.
import type { AccessToken, ClientCredentials, KoaContextWithOIDC } from 'oidc-provider';
import { nativeSsoGroupOf, type ClientMetadata } from '#core/clients/client-policies.ts';

export const tokenExchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';

export const tokenExchangeMembers = [
  'token_exchange_audiences',
  'token_exchange_impersonation',
  'may_act',
] as const;

export interface ExchangePolicy {
  /** The APIs for which the client may exchange a token. */
  readonly audiences: readonly string[];
  /** True if, without an actor token, the new token does not name the client as the actor. */
  readonly allowsImpersonation: boolean;
}

/** `undefined` for a client that may not exchange tokens. */
export function exchangePolicyOf(metadata: ClientMetadata): ExchangePolicy | undefined {
  const { grant_types: grants, token_exchange_audiences: audiences } = metadata;
  if (!Array.isArray(grants) || !grants.includes(tokenExchangeGrant)) return undefined;
  const listed: unknown[] = Array.isArray(audiences) ? audiences : [];
  return {
    audiences: listed.filter((each) => typeof each === 'string'),
    allowsImpersonation: metadata['token_exchange_impersonation'] === true,
  };
}

/** The claim `may_act` (RFC 8693 §4.4) of the access tokens that the client receives for users. */
export function mayActOf({ may_act: party }: ClientMetadata): { readonly sub: string } | undefined {
  const { sub }: { sub?: unknown } = typeof party === 'object' && party !== null ? party : {};
  return typeof sub === 'string' ? { sub } : undefined;
}

/** Members that contradict the grant type; the first one is checked even if it is absent. */
export function faultInExchangeMember(
  member: (typeof tokenExchangeMembers)[number],
  value: unknown,
  client: ClientMetadata,
): string | undefined {
  if (member === 'may_act') return faultInMayAct(value);
  if (exchangePolicyOf(client) === undefined) {
    return value === undefined
      ? undefined
      : `${member} requires the grant type ${tokenExchangeGrant}`;
  }
  if (member === 'token_exchange_audiences') return faultInAudiences(value, client);
  return value === undefined || typeof value === 'boolean'
    ? undefined
    : 'token_exchange_impersonation must be true or false';
}

function faultInAudiences(value: unknown, client: ClientMetadata): string | undefined {
  // An app of a Native SSO group may exchange device secrets only.
  if (value === undefined && nativeSsoGroupOf(client) !== undefined) return undefined;
  if (client['token_endpoint_auth_method'] === 'none') {
    return `the grant type ${tokenExchangeGrant} requires a confidential client`;
  }
  const isList =
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((each) => typeof each === 'string' && URL.canParse(each));
  return isList
    ? undefined
    : 'token_exchange_audiences must list at least one API for which tokens are exchanged';
}

function faultInMayAct(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const isParty =
    mayActOf({ may_act: value }) !== undefined && Object.keys(Object(value)).length === 1;
  return isParty ? undefined : 'may_act must be {"sub": "<client_id>"}';
}

/**
 * Adds `may_act` to the access token of a user: the party that the client's registration permits to act for
 * its users.
 */
export function withMayAct(
  { oidc }: KoaContextWithOIDC,
  token: AccessToken | ClientCredentials,
  claims: Record<string, unknown> | undefined,
): Record<string, unknown> | undefined {
  if (token.kind !== 'AccessToken') return claims;
  // A member that oidc-provider does not know keeps its registered name.
  const party = mayActOf({ may_act: oidc.client?.['may_act'] });
  return party ? { ...claims, may_act: party } : claims;
}

// Token exchange (RFC 8693): a confidential client exchanges an access token that was sent to it for a
// JWT access token for another API, in the name of the same user (docs/decisions/0045).
import { errors, type Provider, type ResourceServer } from 'oidc-provider';
import type { Client } from '#core/clients/clients.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import { managementAudience } from '#core/clients/scopes.ts';
import { exchangePolicyOf, tokenExchangeGrant, type ExchangePolicy } from './exchange-policy.ts';
import type { ProviderHooks } from '#oidc/provider-hooks.ts';
import { exchangeDeviceSecret, type NativeSsoDependencies } from '#oidc/native-sso/native-sso.ts';
import { idTokenType } from '#oidc/native-sso/sso-request.ts';
import {
  createToken,
  issue,
  type Exchange,
  type ExchangeContext,
  type IssuanceDependencies,
} from './exchanged-token.ts';
import {
  exchangeParameters,
  readExchangeRequest,
  repeatableParameters,
  targetOf,
} from './exchange-request.ts';
import type { PresentedTokens, SubjectToken } from './presented-tokens.ts';
import { assertBoundAlike, assertPossession, bindToKey } from './token-binding.ts';

export interface TokenExchangeDependencies extends IssuanceDependencies, NativeSsoDependencies {
  readonly provider: Provider;
  readonly issuer: string;
  readonly clients: Clients;
  readonly presented: PresentedTokens;
  readonly getResourceServerInfo: ProviderHooks['getResourceServerInfo'];
}

export function registerTokenExchange(dependencies: TokenExchangeDependencies): void {
  const { provider, clients, presented } = dependencies;

  async function handle(ctx: ExchangeContext): Promise<void> {
    const client = await clients.find(ctx.oidc.client.clientId);
    const policy = client && exchangePolicyOf(client.metadata);
    if (!client || !policy) throw new errors.InvalidClient('client is invalid');
    if (ctx.oidc.params.subject_token_type === idTokenType) {
      return exchangeDeviceSecret(dependencies, ctx, client);
    }
    const request = readExchangeRequest(ctx.oidc.params);
    const server = await resourceServerOf(dependencies, ctx, targetOf(request, policy));
    const subject = await presented.findSubject(request.subjectToken);
    if (!subject || !serves(dependencies, client, subject)) throw invalidToken('subject_token');
    const token = createToken(dependencies, { ctx, subject, server });
    await bindToKey(provider, ctx, token);
    assertBoundAlike(subject.token, token);
    const exchange: Exchange = { ctx, client, request, subject, token };
    await issue(dependencies, exchange, await checkActor(dependencies, policy, exchange));
  }

  provider.registerGrantType(tokenExchangeGrant, handle, exchangeParameters, repeatableParameters);
}

/** @throws errors.InvalidTarget */
async function resourceServerOf(
  { issuer, getResourceServerInfo }: TokenExchangeDependencies,
  ctx: ExchangeContext,
  audience: string,
): Promise<ResourceServer> {
  if (audience === managementAudience(issuer)) {
    throw new errors.InvalidTarget('tokens for the management API are not exchanged');
  }
  const server = await getResourceServerInfo(ctx, audience, ctx.oidc.client);
  return { ...server, accessTokenFormat: 'jwt' };
}

/**
 * A client may exchange only tokens for the APIs that it serves, so a token that leaked from another API is
 * useless to it.
 */
function serves(
  { issuer }: Pick<TokenExchangeDependencies, 'issuer'>,
  { resources }: Client,
  { token: { aud } }: SubjectToken,
): boolean {
  return typeof aud === 'string' && aud !== managementAudience(issuer) && resources.includes(aud);
}

/** True for an impersonation. @throws errors.InvalidRequest */
async function checkActor(
  { presented }: TokenExchangeDependencies,
  policy: ExchangePolicy,
  { client, request, token }: Exchange,
): Promise<boolean> {
  if (request.actorToken === undefined) {
    if (policy.allowsImpersonation) return true;
    throw new errors.InvalidRequest('actor_token is missing: the client may not impersonate users');
  }
  const actor = await presented.findActor(request.actorToken, client);
  if (!actor) throw invalidToken('actor_token');
  assertPossession(actor, token);
  return false;
}

/** The same error for every reason, so that a caller cannot probe tokens of others. */
function invalidToken(parameter: 'subject_token' | 'actor_token'): Error {
  return new errors.InvalidRequest(`${parameter} is invalid`);
}

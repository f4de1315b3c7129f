// The token that is issued in a token exchange (RFC 8693 §2.2): never more than the subject token
// permits, and never longer.
import {
  errors,
  type AccessToken,
  type Provider,
  type ResourceServer,
  type TokenEndpointGrantContext,
} from 'oidc-provider';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Client } from '#core/clients/clients.ts';
import { splitScope } from '#core/clients/scopes.ts';
import { mayActOf, tokenExchangeGrant } from './exchange-policy.ts';
import { refusalOf } from '#oidc/access-control/client-access.ts';
import type { SignInOrganization } from '#oidc/access-control/organization.ts';
import type { TokenAuthorization } from '#oidc/access-control/token-authorization.ts';
import { accessSecondsOf } from '#oidc/clients/client-policies.ts';
import { buildTokenResponse } from '#oidc/patches/grants/grant-helpers.ts';
import type { ImpersonationLimits } from '#oidc/sessions/impersonation.ts';
import type { RequestFacts } from '#oidc/request-facts.ts';
import { actorsOf } from './actor-chain.ts';
import type { ExchangeClaims } from './exchange-claims.ts';
import {
  issuedTokenType,
  type ExchangeParameters,
  type ExchangeRequest,
} from './exchange-request.ts';
import type { SubjectToken } from './presented-tokens.ts';

export interface IssuanceDependencies {
  readonly provider: Provider;
  readonly facts: RequestFacts;
  readonly organization: Pick<SignInOrganization, 'of'>;
  readonly authorization: Pick<TokenAuthorization, 'refreshClaims' | 'limitScope'>;
  readonly exchangeClaims: ExchangeClaims;
  readonly impersonation: Pick<ImpersonationLimits, 'actorClaim'>;
  readonly audit: Audit;
  readonly now: () => Date;
}

export type ExchangeContext = TokenEndpointGrantContext<ExchangeParameters>;

/** The exchange of one request. */
export interface Exchange {
  readonly ctx: ExchangeContext;
  readonly client: Client;
  readonly request: ExchangeRequest;
  readonly subject: SubjectToken;
  /** The new token. */
  readonly token: AccessToken;
}

/** A token of the subject's grant that ends with the subject token at the latest. */
export function createToken(
  { provider, now }: Pick<IssuanceDependencies, 'provider' | 'now'>,
  { ctx, subject, server }: Pick<Exchange, 'ctx' | 'subject'> & { server: ResourceServer },
): AccessToken {
  const { grantId, sessionUid } = subject.origin;
  const issuedAt = Math.floor(now().getTime() / 1000);
  const rest = (subject.token.exp ?? issuedAt) - issuedAt;
  const permitted = accessSecondsOf(ctx.oidc.client, server.accessTokenTTL ?? rest);
  const lifetime = Math.max(1, Math.min(permitted, rest));
  const token = new provider.AccessToken({
    accountId: subject.token.accountId,
    client: ctx.oidc.client,
    grantId,
    gty: tokenExchangeGrant,
    sessionUid,
    expiresWithSession: sessionUid !== undefined,
    iat: issuedAt,
    exp: issuedAt + lifetime,
    expiresIn: lifetime,
  });
  token.resourceServer = new provider.ResourceServer(server.audience ?? '', server);
  return token;
}

export async function issue(
  dependencies: IssuanceDependencies,
  exchange: Exchange,
  isImpersonation: boolean,
): Promise<void> {
  const { provider, exchangeClaims } = dependencies;
  const { ctx, subject, token } = exchange;
  const claims = await authorize(dependencies, exchange, isImpersonation);
  exchangeClaims.set({ token, claims, origin: subject.origin });
  ctx.oidc.entity('AccessToken', token);
  const accessToken = await token.save();
  await record(dependencies, exchange, { claims, isImpersonation });
  ctx.body = buildTokenResponse(provider, {
    accessToken,
    issuedTokenType,
    tokenType: token.tokenType,
    expiresIn: token.expiration,
    scope: token.scope,
  });
}

/**
 * Sets the scope of the token and returns its claims: those of the subject token, with current values for the
 * new client.
 */
async function authorize(
  { authorization, impersonation, ...dependencies }: IssuanceDependencies,
  { ctx, client, request, subject, token }: Exchange,
  isImpersonation: boolean,
): Promise<Readonly<Record<string, unknown>>> {
  const { act: before, may_act: mayAct, ...extra } = subject.token.extra ?? {};
  const { clientId } = client;
  const exchanges = subject.origin.tokenIds.length - 1;
  const { act: administrator } = await impersonation.actorClaim(token.accountId, ctx.oidc.client);
  const delegation = { before, administrator, mayAct, clientId, exchanges, isImpersonation };
  const act = actorsOf(delegation);
  const next = mayActOf(client.metadata);
  token.extra = extra;
  await assertMaySignIn(dependencies, client, token);
  await authorization.refreshClaims(token);
  token.scope = scopeOf(request, subject, token).join(' ');
  await authorization.limitScope(token);
  assertSomeScope(token);
  return { ...token.extra, ...(act ? { act } : {}), ...(next ? { may_act: next } : {}) };
}

/** The access rules of a client also apply to its acts in the name of users. */
async function assertMaySignIn(
  { facts, organization }: Pick<IssuanceDependencies, 'facts' | 'organization'>,
  client: Client,
  token: AccessToken,
): Promise<void> {
  const { assignments } = await facts.user(token.accountId);
  if (!refusalOf(client, assignments, organization.of(token))) return;
  throw new errors.InvalidRequest('subject_token is invalid');
}

/** @throws errors.InvalidScope for a scope that the subject token does not have */
function scopeOf(
  { scopes: requested }: ExchangeRequest,
  subject: SubjectToken,
  { resourceServer }: AccessToken,
): readonly string[] {
  const held = splitScope(subject.token.scope);
  const more = requested.find((scope) => !held.includes(scope));
  if (more !== undefined) {
    throw new errors.InvalidScope('the subject token does not have the requested scope', more);
  }
  const available = splitScope(resourceServer?.scope);
  const wanted = requested.length > 0 ? requested : held;
  return wanted.filter((scope) => available.includes(scope));
}

/** A token without a scope is useful only for an API without scopes. */
function assertSomeScope({ scope, resourceServer }: AccessToken): void {
  if (scope || splitScope(resourceServer?.scope).length === 0) return;
  throw new errors.InvalidScope('none of the scopes can be granted for this audience', '');
}

async function record(
  { audit }: IssuanceDependencies,
  { client, subject, token }: Exchange,
  {
    claims,
    isImpersonation,
  }: { claims: Readonly<Record<string, unknown>>; isImpersonation: boolean },
): Promise<void> {
  const { aud: audience, scope = '', jti, accountId: userId, sessionUid, grantId } = token;
  const { clientId } = client;
  await audit.append({
    event: 'token.exchanged',
    actor: { kind: 'client', id: clientId },
    userId,
    clientId,
    sessionUid,
    details: {
      audience,
      scope,
      jti,
      grantId,
      subjectAudience: subject.token.aud,
      subjectClientId: subject.origin.clientId,
      impersonation: isImpersonation,
      act: claims['act'],
    },
  });
}

// Parses a token exchange request (RFC 8693 §2.1).
import { errors } from 'oidc-provider';
import type { ExchangePolicy } from './exchange-policy.ts';
import { splitScope } from '#core/clients/scopes.ts';

const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';
const jwtType = 'urn:ietf:params:oauth:token-type:jwt';

/** The only type that is issued. */
export const issuedTokenType = accessTokenType;

export const exchangeParameters = [
  'subject_token',
  'subject_token_type',
  'actor_token',
  'actor_token_type',
  'requested_token_type',
  'resource',
  'audience',
  'scope',
] as const;

/** A request may name several targets; more than one is refused with `invalid_target`. */
export const repeatableParameters = ['resource', 'audience'] as const;

export type ExchangeParameters = {
  readonly [name in (typeof exchangeParameters)[number]]?: unknown;
};

export interface ExchangeRequest {
  readonly subjectToken: string;
  readonly actorToken: string | undefined;
  /** The APIs that the request names, by `resource` or `audience`. */
  readonly targets: readonly string[];
  readonly scopes: readonly string[];
}

/** @throws errors.InvalidRequest */
export function readExchangeRequest(params: ExchangeParameters): ExchangeRequest {
  const subjectToken = textOf(params.subject_token);
  const actorToken = textOf(params.actor_token);
  if (subjectToken === undefined) throw new errors.InvalidRequest('subject_token is missing');
  assertType('subject_token_type', params.subject_token_type);
  if (actorToken !== undefined) assertType('actor_token_type', params.actor_token_type);
  if (actorToken === undefined && params.actor_token_type !== undefined) {
    throw new errors.InvalidRequest('actor_token_type requires actor_token');
  }
  const { requested_token_type: requested } = params;
  if (requested !== undefined && requested !== accessTokenType) {
    throw new errors.InvalidRequest(`requested_token_type must be ${accessTokenType}`);
  }
  const named = [params.resource, params.audience].flat();
  const targets = new Set(named.filter((each) => typeof each === 'string' && each !== ''));
  // True because of the filter.
  return {
    subjectToken,
    actorToken,
    targets: [...targets] as string[],
    scopes: splitScope(params.scope),
  };
}

/** The one API of the new token. @throws errors.InvalidTarget */
export function targetOf({ targets }: ExchangeRequest, { audiences }: ExchangePolicy): string {
  const wanted = targets.length === 0 ? audiences : targets;
  const [target, ...others] = wanted;
  if (target === undefined || others.length > 0) {
    throw new errors.InvalidTarget('exactly one resource or audience must be requested');
  }
  if (!audiences.includes(target)) {
    throw new errors.InvalidTarget('the client may not exchange tokens for this audience');
  }
  return target;
}

function assertType(name: string, value: unknown): void {
  if (value === accessTokenType || value === jwtType) return;
  throw new errors.InvalidRequest(`${name} must be ${accessTokenType}`);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

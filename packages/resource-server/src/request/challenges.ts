// Responses to refused requests: RFC 6750 §3, RFC 9449 §7.1, RFC 9470 §3, RFC 9728 §5.1.
import type { RefusalCode } from './refusal.ts';
import type { Requirements } from '../types.ts';

export type Scheme = 'Bearer' | 'DPoP';

export interface ChallengeOptions {
  readonly metadataUrl: string | undefined;
  readonly dpopAlgorithms: readonly string[];
  readonly dpopRequired: boolean;
}

/** One request that was refused. */
export interface RefusedRequest {
  readonly code: RefusalCode;
  /** The scheme that the client used, if any. */
  readonly scheme: Scheme | undefined;
  readonly requirements: Requirements;
  /** A nonce for the next proof. */
  readonly nonce: string | undefined;
}

const statuses: Readonly<Record<RefusalCode, number>> = {
  no_token: 401,
  invalid_request: 400,
  invalid_token: 401,
  invalid_dpop_proof: 401,
  use_dpop_nonce: 401,
  insufficient_scope: 403,
  insufficient_user_authentication: 401,
  temporarily_unavailable: 503,
};

const retryAfterSeconds = 1;

export function createChallenges(options: ChallengeOptions) {
  return (refused: RefusedRequest): Response => {
    const { code, nonce } = refused;
    const headers = new Headers({
      'cache-control': 'no-store',
      'content-type': 'application/json',
    });
    if (code === 'temporarily_unavailable') {
      headers.set('retry-after', String(retryAfterSeconds));
    } else {
      headers.set('www-authenticate', challengesFor(options, refused).join(', '));
    }
    if (nonce !== undefined) headers.set('dpop-nonce', nonce);
    const body = code === 'no_token' ? {} : { error: code };
    return new Response(JSON.stringify(body), { status: statuses[code], headers });
  };
}

/** The challenge of the scheme that the client used contains the error; another scheme is only offered. */
function challengesFor(options: ChallengeOptions, refused: RefusedRequest): readonly string[] {
  const used = schemeOf(options, refused);
  const error = errorParameters(refused);
  if (used === 'DPoP') return [challenge(options, 'DPoP', error)];
  const bearer = challenge(options, 'Bearer', error);
  return refused.code === 'insufficient_scope' || options.dpopAlgorithms.length === 0
    ? [bearer]
    : [bearer, challenge(options, 'DPoP', {})];
}

function schemeOf({ dpopRequired }: ChallengeOptions, { code, scheme }: RefusedRequest): Scheme {
  if (dpopRequired || code === 'invalid_dpop_proof' || code === 'use_dpop_nonce') return 'DPoP';
  return scheme ?? 'Bearer';
}

function errorParameters({ code, requirements }: RefusedRequest): Record<string, string> {
  if (code === 'no_token') return {};
  const { scopes = [], acrValues = [], maxAgeSeconds } = requirements;
  return {
    error: code,
    ...(code === 'insufficient_scope' ? { scope: scopes.join(' ') } : {}),
    ...(code === 'insufficient_user_authentication' && acrValues.length > 0
      ? { acr_values: acrValues.join(' ') }
      : {}),
    ...(code === 'insufficient_user_authentication' && maxAgeSeconds !== undefined
      ? { max_age: String(maxAgeSeconds) }
      : {}),
  };
}

function challenge(
  { metadataUrl, dpopAlgorithms }: ChallengeOptions,
  scheme: Scheme,
  error: Record<string, string>,
): string {
  const parameters = {
    ...error,
    ...(scheme === 'DPoP' ? { algs: dpopAlgorithms.join(' ') } : {}),
    ...(metadataUrl === undefined ? {} : { resource_metadata: metadataUrl }),
  };
  const written = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`);
  return written.length === 0 ? scheme : `${scheme} ${written.join(', ')}`;
}

/** Values become quoted strings, which a quote or a line break would end. */
export function assertQuotable(values: readonly string[]): void {
  const wrong = values.find((value) => !/^[\x20\x21\x23-\x5B\x5D-\x7E]*$/.test(value));
  if (wrong !== undefined) throw new TypeError(`Invalid character in ${JSON.stringify(wrong)}`);
}

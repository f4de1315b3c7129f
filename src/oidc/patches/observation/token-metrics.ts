// Counts access tokens by grant and format, and refreshes by outcome. oidc-provider emits both events
// when the response is set.
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Metrics } from '#platform/metrics/metrics.ts';
import type { RefreshRotation } from '#oidc/tokens/refresh/refresh-rotation.ts';

/** Grant types by name; a label never contains what a client sent. */
const grants = {
  authorization_code: 'authorization_code',
  refresh_token: 'refresh_token',
  client_credentials: 'client_credentials',
  'urn:ietf:params:oauth:grant-type:device_code': 'device_code',
  'urn:openid:params:grant-type:ciba': 'ciba',
  'urn:ietf:params:oauth:grant-type:token-exchange': 'token_exchange',
  'urn:ietf:params:oauth:grant-type:jwt-bearer': 'jwt_bearer',
} as const;

type Grant = (typeof grants)[keyof typeof grants];

const issued = {
  name: 'ostiary_tokens_issued_total',
  help: 'Access tokens by grant and format.',
  labels: { grant: Object.values(grants), format: ['jwt', 'opaque'] },
} as const;

const refreshes = {
  name: 'ostiary_refreshes_total',
  help:
    'Refreshes: rotated, retried within the leeway, kept (a token that does not rotate), reused, ' +
    'expired, or refused for another reason.',
  labels: { outcome: ['rotated', 'retried', 'kept', 'reused', 'expired', 'refused'] },
} as const;

/** Counts a token that was issued without oidc-provider's grant handler. */
export type CountToken = (grant: Grant, format: 'jwt' | 'opaque') => void;

export interface TokenMetricsDependencies {
  readonly metrics: Metrics;
  readonly rotation: Pick<RefreshRotation, 'outcome' | 'failure'>;
}

export function countTokens(
  provider: Provider,
  { metrics, rotation }: TokenMetricsDependencies,
): CountToken {
  const tokens = metrics.counter(issued);
  const refreshed = metrics.counter(refreshes);

  const count: CountToken = (grant, format) => {
    tokens.add({ grant, format });
    if (grant === 'refresh_token') refreshed.add({ outcome: rotation.outcome() });
  };
  provider.on('grant.success', (ctx: KoaContextWithOIDC) => {
    const grant = grantOf(ctx);
    const { AccessToken, ClientCredentials } = ctx.oidc.entities;
    const token = AccessToken ?? ClientCredentials;
    if (grant !== undefined && token) count(grant, formatOf(token));
  });
  provider.on('grant.error', (ctx: KoaContextWithOIDC) => {
    if (grantOf(ctx) === 'refresh_token') refreshed.add({ outcome: rotation.failure() });
  });
  return count;
}

function grantOf({ oidc }: KoaContextWithOIDC): Grant | undefined {
  const type = oidc.params?.['grant_type'];
  const isKnown = typeof type === 'string' && Object.hasOwn(grants, type);
  return isKnown ? grants[type as keyof typeof grants] : undefined; // it is a key
}

/** The types omit the member. */
function formatOf(token: object): 'jwt' | 'opaque' {
  return 'format' in token && token.format === 'jwt' ? 'jwt' : 'opaque';
}

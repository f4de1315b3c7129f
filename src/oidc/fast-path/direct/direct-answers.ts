// Answers the most frequent requests without any of oidc-provider's request handling: those that succeed
// and use nothing unusual (docs/decisions/0057). Each answer applies the hooks, adapters and policies
// that oidc-provider calls, and changes nothing before it is certain. Every other request, in particular
// one that fails, is left to oidc-provider's own functions.
import type { Provider } from 'oidc-provider';
import type { CountToken } from '#oidc/patches/observation/token-metrics.ts';
import { isReviewedVersion } from '#oidc/patches/overhead/engine-version.ts';
import { runInDirectContext } from '#oidc/patches/handlers/direct-context.ts';
import type { FastEndpoint } from '#oidc/patches/handlers/endpoint-steps.ts';
import type { FoundCode } from '#oidc/adapters/code-adapter.ts';
import type { ReplayProtection } from '#oidc/adapters/replay-adapter.ts';
import type { ProviderHooks } from '#oidc/provider-hooks.ts';
import type { TokenAuthorization } from '#oidc/access-control/token-authorization.ts';
import type { ImpersonationLimits } from '#oidc/sessions/impersonation.ts';
import type { RefreshRotation } from '#oidc/tokens/refresh/refresh-rotation.ts';
import type { RequestFacts } from '#oidc/request-facts.ts';
import type { SubjectIdentifiers } from '#oidc/security/subject-identifiers.ts';
import type { IntrospectionPolicy } from '#oidc/tokens/introspection-policy.ts';
import type { JwtAccessTokens } from '#oidc/tokens/jwt-access-tokens.ts';
import type { Observation } from '#platform/observation/observation.ts';
import { createClientAuthentication } from '#oidc/fast-path/authentication/client-authentication.ts';
import { createDpopProofs } from '#oidc/fast-path/authentication/dpop-proofs.ts';
import { createDirectClientTokens } from './client-tokens.ts';
import { createDirectCodeExchange } from './code-exchange.ts';
import type { DirectAnswer, DirectRequest } from './direct-request.ts';
import { createDirectIntrospection } from './introspection.ts';
import { createPresentedTokens } from './presented-tokens.ts';
import { createDirectRefresh } from './refresh.ts';
import { createSourceReading } from './sources.ts';
import { createTokenSigner, type SigningKeys } from './token-signer.ts';
import { createUserTokens } from './user-tokens.ts';
import { createDirectUserinfo } from './userinfo.ts';

export interface DirectAnswerDependencies {
  readonly provider: Provider;
  readonly hooks: ProviderHooks;
  readonly mayIntrospect: IntrospectionPolicy;
  readonly facts: RequestFacts;
  readonly subjects: SubjectIdentifiers;
  readonly impersonation: ImpersonationLimits;
  readonly authorization: TokenAuthorization;
  readonly rotation: Pick<
    RefreshRotation,
    'nextToken' | 'redeemImmediately' | 'rotateImmediately' | 'rotates'
  >;
  readonly foundCode: Pick<FoundCode, 'read'>;
  readonly replays: Pick<ReplayProtection, 'postpone' | 'claim'>;
  readonly jwts: Pick<JwtAccessTokens, 'present'>;
  readonly isUserScope: (scope: string) => boolean;
  readonly signingKeySet: SigningKeys;
  readonly observation: Observation;
  readonly countToken: CountToken;
  readonly accessTokenSeconds: number;
  readonly refreshTokenSeconds: number;
  readonly now: () => Date;
}

export function createDirectAnswers(dependencies: DirectAnswerDependencies) {
  const { provider, hooks, signingKeySet: keys, observation } = dependencies;
  const { issuer } = provider;
  const prove = createDpopProofs(dependencies);
  const authenticate = createClientAuthentication({ ...dependencies, prove });
  const tokens = createPresentedTokens(dependencies);
  const sign = createTokenSigner({ keys, observation });
  const sources = createSourceReading({ ...dependencies, tokens });
  const shared = { ...dependencies, authenticate, tokens, sources, sign, issuer };
  const ofUser = { ...shared, userTokens: createUserTokens(shared) };
  const introspection = createDirectIntrospection(shared);
  const userinfo = createDirectUserinfo({ ...shared, prove, findAccount: hooks.findAccount });
  const byGrant: ReadonlyMap<string, DirectAnswer> = new Map([
    ['client_credentials', createDirectClientTokens(shared)],
    ['refresh_token', createDirectRefresh(ofUser)],
    ['authorization_code', createDirectCodeExchange(ofUser)],
  ]);
  const byEndpoint = { introspection, userinfo };
  // Another version of oidc-provider may refuse more requests.
  const isReviewed = isReviewedVersion();

  /**
   * The body of a successful response; `undefined` if oidc-provider must answer.
   * @throws DirectRefusal
   */
  return async (
    endpoint: FastEndpoint,
    input: Omit<DirectRequest, 'ctx' | 'endpoint'>,
  ): Promise<object | undefined> => {
    const isToken = endpoint === 'token';
    const answer = isToken ? byGrant.get(input.form['grant_type'] ?? '') : byEndpoint[endpoint];
    if (!answer || !isReviewed) return undefined;
    return runInDirectContext(endpoint, input, (ctx) => answer({ ...input, endpoint, ctx }));
  };
}

export type DirectAnswers = ReturnType<typeof createDirectAnswers>;

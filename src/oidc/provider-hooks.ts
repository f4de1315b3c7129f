// Functions and pages that the configuration of oidc-provider calls.
import type { Configuration, FindAccount, KoaContextWithOIDC } from 'oidc-provider';
import type { UserStore } from '#core/users/users.store.ts';
import type { OutboundFetch } from '#platform/outbound/outbound-fetch.ts';
import type { AuthorizationDetails } from './authorization-details/details.ts';
import type { createRequestObjectCheck } from './clients/request-objects.ts';
import type { RegisteredClaims } from './clients/registered-claims.ts';
import type { ExtraClaims } from './extra-claims.ts';
import type { ImpersonationLimits } from './sessions/impersonation.ts';
import type { createFindCoveringGrant } from './sign-in/grants.ts';
import type { SubjectIdentifiers } from './security/subject-identifiers.ts';
import type { JwtAccessTokens } from './tokens/jwt-access-tokens.ts';
import type { AddStatusClaim } from './tokens/token-status-claim.ts';

export interface ProviderHooks {
  readonly adapter: NonNullable<Configuration['adapter']>;
  readonly findAccount: FindAccount;
  readonly loadExistingGrant: NonNullable<Configuration['loadExistingGrant']>;
  /** As `loadExistingGrant`, but only a grant that exists and covers the request. */
  readonly findCoveringGrant: ReturnType<typeof createFindCoveringGrant>;
  readonly getResourceServerInfo: NonNullable<
    NonNullable<
      NonNullable<Configuration['features']>['resourceIndicators']
    >['getResourceServerInfo']
  >;
  readonly defaultResource: NonNullable<
    NonNullable<NonNullable<Configuration['features']>['resourceIndicators']>['defaultResource']
  >;
  readonly introspectionAllowed: Policy;
  readonly details: AuthorizationDetails;
  readonly limitClaims: RegisteredClaims['limitRequest'];
  readonly extraClaims: ExtraClaims;
  readonly claimsOfAccessToken: NonNullable<Configuration['extraTokenClaims']>;
  readonly interactionPolicy: NonNullable<NonNullable<Configuration['interactions']>['policy']>;
  readonly bindToGrant: JwtAccessTokens['bindToGrant'];
  readonly addStatusClaim: AddStatusClaim;
  readonly fetch: OutboundFetch;
  readonly assertClientAssertion: NonNullable<Configuration['assertJwtClientAuthClaimsAndHeader']>;
  readonly issuesRefreshToken: NonNullable<Configuration['issueRefreshToken']>;
  readonly rotatesRefreshToken: (ctx: KoaContextWithOIDC) => Promise<boolean>;
  readonly pages: ProviderPages;
  readonly users: UserStore;
  readonly cookieSigner: object;
  readonly jwks: NonNullable<Configuration['jwks']>;
  readonly impersonation: ImpersonationLimits;
  readonly subjects: SubjectIdentifiers;
  readonly checkRequestObject: ReturnType<typeof createRequestObjectCheck>;
  /** 32 bytes, the same on all nodes. */
  readonly dpopNonceSecret: Buffer | undefined;
  readonly now: () => Date;
}

type Policy = NonNullable<
  NonNullable<NonNullable<Configuration['features']>['introspection']>['allowedPolicy']
>;

/** The pages that oidc-provider renders through callbacks. */
export interface ProviderPages {
  readonly renderError: NonNullable<Configuration['renderError']>;
  readonly confirmSignOut: (ctx: KoaContextWithOIDC) => Promise<void>;
  readonly signedOut: (ctx: KoaContextWithOIDC) => Promise<void>;
  /** The user has allowed the access of a device. */
  readonly deviceApproved: (ctx: KoaContextWithOIDC) => Promise<void>;
  /** A device gets no access, because the user refused or the code can no longer be used. */
  readonly deviceEnded: (ctx: KoaContextWithOIDC, error: Error | undefined) => Promise<void>;
}

/** Sign-outs of accounts that are not active in this browser. */
export interface OtherSignOuts {
  /** Ends the session that the request's ID token hint identifies, if it is parked in this browser. */
  readonly endHinted: (ctx: KoaContextWithOIDC) => Promise<boolean>;
  readonly endAll: (ctx: KoaContextWithOIDC) => Promise<void>;
}

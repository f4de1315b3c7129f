// The helpers that oidc-provider offers to grant types of our own, which semantic versioning does not
// cover.
import type { Grant, Provider, TokenEndpointGrantContext } from 'oidc-provider';
import { issueTokens as issue } from 'oidc-provider/lib/helpers/grant_common.js';
import * as helpers from 'oidc-provider/lib/helpers/grants.js';

/** How tokens are bound, and what a refused request names. */
interface Issuance {
  readonly gty: string;
  readonly entityLabel: string;
  readonly cert: unknown;
  readonly dPoP: unknown;
}

/** Issues the tokens of a grant, and sets the response. */
export async function issueTokens(
  provider: Provider,
  ctx: TokenEndpointGrantContext,
  source: object,
  grant: Grant,
  issuance: Issuance,
): Promise<void> {
  const { applyAuthorizationDetails, buildTokenResponse, resolveAndApplyResource } = helpers;
  const bound = {
    applyAuthorizationDetails: applyAuthorizationDetails.bind(undefined, provider),
    buildTokenResponse: buildTokenResponse.bind(undefined, provider),
    resolveAndApplyResource: resolveAndApplyResource.bind(undefined, provider),
  };
  await issue(provider, bound, ctx, source, grant, issuance);
}

export {
  buildTokenResponse,
  checkDpopReplay,
  checkDpopRequired,
  checkMtlsCert,
  resolveRequestedResources,
  validateClientScope,
  validateDpop,
} from 'oidc-provider/lib/helpers/grants.js';

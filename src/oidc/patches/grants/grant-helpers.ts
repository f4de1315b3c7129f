// oidc-provider's helpers for custom grant types, which its semantic versioning does not cover.
import type { AdapterPayload, Grant, Provider, TokenEndpointGrantContext } from 'oidc-provider';
import { issueTokens as issue } from 'oidc-provider/lib/helpers/grant_common.js';
import * as helpers from 'oidc-provider/lib/helpers/grants.js';
import checkPkce from 'oidc-provider/lib/helpers/pkce.js';

/** Options for binding tokens, and the error of a refused request. */
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

/** Checks the verifier against the code's challenge, if it has one (RFC 7636 §4.6). */
export function provesPossession(code: AdapterPayload, verifier: string | undefined): boolean {
  try {
    checkPkce(verifier, code['codeChallenge'], code['codeChallengeMethod']);
    return true;
  } catch {
    return false;
  }
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

// The functions with which oidc-provider answers an authorization request, for direct answers
// (docs/decisions/0065). The server does not start if oidc-provider lacks one of them.
import type { KoaContextWithOIDC } from 'oidc-provider';
import stepsOf from 'oidc-provider/lib/actions/authorization/index.js';
import issueResponse from 'oidc-provider/lib/helpers/process_response_types.js';
import addParameters from 'oidc-provider/lib/helpers/redirect_uri.js';
import { findStep, type Step } from './endpoint-steps.ts';

const steps = stepsOf('authorization');
const named = (...names: string[]): readonly Step[] => names.map((name) => findStep(steps, name));

/**
 * Steps that depend only on the parameters of the request, the registration of the client and the configuration.
 * Steps for parameters that a direct answer does not accept are left out.
 */
export const parameterSteps = named(
  'processRequestObject',
  'checkResponseMode',
  'oauthRequired',
  'checkResponseType',
  'oidcRequired',
  'assignDefaults',
  'checkPrompt',
  'checkScope',
  'checkOpenIdScope',
  'checkRedirectUri',
  'checkPKCE',
  'checkMaxAge',
);

/** Steps that find the APIs and the account of the request and change nothing. */
export const lookupSteps = named('checkResource', 'assignClaims', 'loadAccount');

/** Issues a code and returns the redirect URI with the parameters of the response. */
export async function issueRedirect(ctx: KoaContextWithOIDC): Promise<string> {
  const { provider, params = {} } = ctx.oidc;
  const { code = '' } = await issueResponse(ctx);
  const { state, redirect_uri: redirectUri } = params as Readonly<Record<string, string>>; // checked
  const response = { code, ...(state === undefined ? {} : { state }), iss: provider.issuer };
  provider.emit('authorization.success', ctx, response);
  return addParameters(redirectUri ?? '', response, 'query');
}

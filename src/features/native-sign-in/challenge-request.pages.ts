// Parses requests to the authorization challenge endpoint (draft-ietf-oauth-first-party-apps §5.1).
import type { Form } from '#http/request/input.ts';
import { organizationParameter } from '#oidc/access-control/organization.ts';
import { methods, type Method } from './native-sign-in.ts';

/** The parameters that an app may send; all others require a redirect. */
const authorizationParameters = [
  'scope',
  'code_challenge',
  'code_challenge_method',
  'redirect_uri',
  'resource',
  'nonce',
  'claims',
  'acr_values',
  'max_age',
  'login_hint',
  'ui_locales',
  'authorization_details',
  organizationParameter,
] as const;

/** Parameters that would override the rules of this endpoint. */
const unsupportedParameters = ['request', 'request_uri', 'response_mode', 'dpop_jkt', 'prompt'];

export interface ChallengeRequest {
  readonly authSession: string | undefined;
  readonly method: Method | undefined;
  readonly form: Form;
}

export type ReadRequest =
  | { readonly ok: true; readonly request: ChallengeRequest }
  | { readonly ok: false; readonly fault: string };

/** The required fields of each method. */
const fieldsOf: Readonly<Record<Method, readonly string[]>> = {
  password: ['username', 'password'],
  passkey: ['passkey_response'],
  email: ['username'],
  email_code: ['code'],
  otp: ['code'],
};

export function readChallengeRequest(form: Form): ReadRequest {
  const authSession = form.get('auth_session') || undefined;
  const name = form.get('method');
  const method = methods.find((each) => each === name);
  if (name !== '' && !method) return { ok: false, fault: 'method is not supported' };
  const missing = method && fieldsOf[method].find((field) => form.get(field) === '');
  if (missing !== undefined) return { ok: false, fault: `${missing} is missing` };
  const fault = authSession === undefined ? faultInStart(form) : faultInStep(method);
  return fault === undefined
    ? { ok: true, request: { authSession, method, form } }
    : { ok: false, fault };
}

function faultInStep(method: Method | undefined): string | undefined {
  return method === undefined ? 'method is missing' : undefined;
}

/** PKCE with S256 is required of every app, whatever the settings say. */
function faultInStart(form: Form): string | undefined {
  const unsupported = unsupportedParameters.find((name) => form.has(name));
  if (unsupported !== undefined) return `${unsupported} is not supported`;
  if (form.get('code_challenge') === '') return 'code_challenge is missing';
  return form.get('code_challenge_method') === 'S256'
    ? undefined
    : 'code_challenge_method must be S256';
}

/** The parameters of the authorization request. */
export function authorizationRequestOf(form: Form): URLSearchParams {
  const request = new URLSearchParams();
  for (const name of authorizationParameters) {
    if (form.get(name) !== '') request.set(name, form.get(name));
  }
  return request;
}

// The plans of FAPI 2.0 and of FAPI-CIBA.
import { passwordAcr } from '#core/sessions/authentication.ts';
import { user } from './accounts.ts';
import type { Scripts } from './browser.ts';
import type { KeyClient } from './clients.ts';
import type { Plan, PlanContext } from './plan.ts';

type Pair = readonly [KeyClient, KeyClient];

const security = 'fapi2-security-profile-final';
const options = { browsercontrol_css_enable: false };

interface Combination {
  readonly name: string;
  readonly clients: Pair;
  readonly auth: 'private_key_jwt' | 'mtls';
  readonly constraint: 'dpop' | 'mtls';
}

export function fapiPlans(context: PlanContext): readonly Plan[] {
  const { jwtDpop, jwtMtls, mtlsDpop, mtlsMtls } = context.clients;
  const combinations: readonly Combination[] = [
    { name: 'jwt-dpop', clients: jwtDpop, auth: 'private_key_jwt', constraint: 'dpop' },
    { name: 'jwt-mtls', clients: jwtMtls, auth: 'private_key_jwt', constraint: 'mtls' },
    { name: 'mtls-dpop', clients: mtlsDpop, auth: 'mtls', constraint: 'dpop' },
    { name: 'mtls-mtls', clients: mtlsMtls, auth: 'mtls', constraint: 'mtls' },
  ];
  return [
    ...combinations.flatMap((each) => [
      securityPlan(context, each, 'openid_connect'),
      securityPlan(context, each, 'plain_oauth'),
    ]),
    clientCredentialsPlan(context),
    messageSigningPlan(context, 'jar', context.clients.jar),
    messageSigningPlan(context, 'jarm', context.clients.jarm),
    cibaPlan(context, 'poll', context.clients.cibaPoll),
    cibaPlan(context, 'ping', context.clients.cibaPing),
  ];
}

function securityPlan(
  context: PlanContext,
  { name, clients, auth, constraint }: Combination,
  openid: 'openid_connect' | 'plain_oauth',
): Plan {
  const isConnect = openid === 'openid_connect';
  return {
    name: `fapi2-${name}${isConnect ? '' : '-oauth'}`,
    planName: `${security}-test-plan`,
    variant: {
      fapi_profile: 'plain_fapi',
      client_auth_type: auth,
      sender_constrain: constraint,
      openid,
    },
    config: codeFlowConfig(context, clients, {
      alias: `fapi2-${name}`,
      scope: isConnect ? 'openid profile email offline_access' : 'api:read offline_access',
      resourceUrl: isConnect ? userinfoOf(context, constraint) : context.addresses.resource,
    }),
    clients,
  };
}

/** The resource of the plans with OpenID Connect. The others have no userinfo. */
function userinfoOf({ addresses }: PlanContext, constraint: Combination['constraint']): string {
  const { issuer, certificateOrigin } = addresses;
  return `${constraint === 'mtls' ? certificateOrigin : issuer}/oauth2/userinfo`;
}

interface CodeFlow {
  readonly alias: string;
  readonly scope: string;
  readonly resourceUrl: string;
}

function codeFlowConfig(
  { server, scripts }: PlanContext,
  [first, second]: Pair,
  { alias, scope, resourceUrl }: CodeFlow,
) {
  return {
    alias,
    server,
    options,
    resource: { resourceUrl },
    client: { ...clientOf(first), scope },
    client2: { ...clientOf(second), scope },
    mtls: { cert: first.keys.cert, key: first.keys.key },
    mtls2: { cert: second.keys.cert, key: second.keys.key },
    browser: scripts.signIn,
    override: overridesOf(scripts),
  };
}

function clientOf({ client_id, keys }: KeyClient) {
  return { client_id, jwks: keys.privateJwks };
}

/** Modules in which something other than a sign-in happens. */
function overridesOf(scripts: Scripts) {
  const named = (browser: Scripts['signIn'], ...modules: readonly string[]) =>
    modules.map((module) => [`${security}-${module}`, { browser }] as const);
  return Object.fromEntries([
    ...named(scripts.cancel, 'user-rejects-authentication'),
    ...named(
      [...scripts.lookOnce, ...scripts.signIn],
      'par-ensure-reused-request-uri-prior-to-auth-completion-succeeds',
    ),
    ...named(
      [...scripts.signInOnce, ...scripts.errorPageOrReturn],
      'par-attempt-reuse-request_uri',
    ),
    ...named(
      scripts.errorPageOrReturn,
      'par-attempt-to-use-expired-request_uri',
      'par-attempt-to-use-request_uri-for-different-client',
      'par-ensure-pkce-required',
      'par-plain-pkce-rejected',
      'ensure-redirect-uri-in-authorization-request',
      'ensure-request-object-without-redirect-uri-fails',
      'ensure-unsigned-authorization-request-without-using-par-fails',
      'ensure-response-type-code-idtoken-fails',
      'ensure-response-type-token-fails',
      'ensure-matching-key-in-authorization-request',
    ),
    ...named(
      scripts.signInOrError,
      'plain-fapi-tolerate-unregistered-redirect-uri',
      'ensure-authorization-request-without-state-success',
      'state-only-outside-request-object-not-used',
      'ensure-different-nonce-inside-and-outside-request-object',
      'ensure-different-state-inside-and-outside-request-object',
      'ensure-authorization-request-with-long-nonce',
      'ensure-authorization-request-with-long-state',
    ),
  ]);
}

function clientCredentialsPlan({ addresses, clients, server }: PlanContext): Plan {
  const [first, second] = clients.machine;
  const scope = 'api:read';
  return {
    name: 'fapi2-client-credentials',
    planName: `${security}-test-plan`,
    variant: {
      fapi_profile: 'fapi_client_credentials_grant',
      client_auth_type: 'private_key_jwt',
      sender_constrain: 'dpop',
      openid: 'plain_oauth',
    },
    config: {
      alias: 'fapi2-machine',
      server,
      options,
      resource: { resourceUrl: addresses.resource },
      client: { ...clientOf(first), scope },
      client2: { ...clientOf(second), scope },
    },
    clients: clients.machine,
  };
}

function messageSigningPlan(context: PlanContext, name: 'jar' | 'jarm', clients: Pair): Plan {
  return {
    name: `fapi2-message-signing-${name}`,
    planName: 'fapi2-message-signing-final-test-plan',
    variant: {
      fapi_profile: 'plain_fapi',
      client_auth_type: 'private_key_jwt',
      sender_constrain: 'dpop',
      openid: 'openid_connect',
      authorization_request_type: 'simple',
      fapi_request_method: 'signed_non_repudiation',
      fapi_response_mode: name === 'jarm' ? 'jarm' : 'plain_response',
    },
    config: codeFlowConfig(context, clients, {
      alias: `fapi2-${name}`,
      scope: 'openid profile email offline_access',
      resourceUrl: userinfoOf(context, 'dpop'),
    }),
    clients,
  };
}

function cibaPlan({ addresses, server }: PlanContext, mode: 'poll' | 'ping', clients: Pair): Plan {
  const [first, second] = clients;
  const asked = {
    scope: 'openid profile email offline_access',
    hint_type: 'login_hint',
    hint_value: user.email,
    acr_value: passwordAcr,
  };
  return {
    name: `fapi-ciba-${mode}`,
    planName: 'fapi-ciba-id1-test-plan',
    variant: {
      fapi_ciba_profile: 'plain_fapi',
      client_auth_type: 'private_key_jwt',
      ciba_mode: mode,
      client_registration: 'static_client',
    },
    config: {
      alias: `ciba-${mode}`,
      server,
      automated_ciba_approval_url: `${addresses.approval}?auth_req_id={auth_req_id}&action={action}`,
      client: { ...clientOf(first), ...asked },
      client2: { ...clientOf(second), ...asked },
      mtls: { cert: first.keys.cert, key: first.keys.key },
      mtls2: { cert: second.keys.cert, key: second.keys.key },
      // FAPI 1.0 demands more of a resource than userinfo does: it repeats x-fapi-interaction-id.
      resource: { resourceUrl: addresses.resource },
    },
    clients,
  };
}

// The plans of the suite that the product claims to pass, with the variants that apply to it.
import type { Addresses } from '#conformance/stack/addresses.ts';
import type { Provider } from '#conformance/stack/provider.ts';
import { user } from './accounts.ts';
import { createScripts, type Scripts } from './browser.ts';
import type { Clients, KeyClient, SecretClient } from './clients.ts';
import { fapiPlans } from './fapi-plans.ts';
import type { Plan, PlanContext } from './plan.ts';
import { signalPlans } from './signal-plans.ts';

export function createPlans(
  addresses: Addresses,
  clients: Clients,
  provider: Provider,
): readonly Plan[] {
  const scripts = createScripts(addresses);
  const server = {
    discoveryUrl: `${addresses.issuer}/.well-known/openid-configuration`,
    login_hint: user.email,
  };
  const context = { addresses, clients, scripts, provider, server };
  return [
    ...connectPlans(context),
    ...logoutPlans(context),
    ...fapiPlans(context),
    ...signalPlans(context),
  ];
}

const options = { browsercontrol_css_enable: false };

/** What the suite is told of a client with a secret. */
const secretOf = ({ client_id, client_secret }: SecretClient) => ({ client_id, client_secret });
const keysOf = ({ client_id, keys }: KeyClient) => ({ client_id, jwks: keys.privateJwks });

function connectPlans({ clients, scripts, server, provider }: PlanContext): readonly Plan[] {
  const overrides = connectOverrides(scripts);
  const usual = { server, options, browser: scripts.signIn, override: overrides };
  const { basic, post, comprehensive, comprehensiveJwt } = clients;
  const statically = {
    ...usual,
    alias: 'basic',
    client: secretOf(basic[0]),
    client2: secretOf(basic[1]),
    ...(post[0] ? { client_secret_post: secretOf(post[0]) } : {}),
  };
  const dynamically = {
    ...usual,
    client: { client_name: 'Conformance, registered dynamically' },
    client2: { client_name: 'Conformance, registered dynamically too' },
  };
  // The suite knows only the key types RSA and EC, and the key of an algorithm has one successor at a
  // time, so each of these plans rotates another one.
  const algorithms = ['RS256', 'ES256', 'PS256'].values();
  const acts = {
    'oidcc-server-rotate-keys': () =>
      provider.command(['key', 'rotate', '--algorithm', algorithms.next().value ?? '']),
  };
  const plan = (name: string, planName: string, rest: Partial<Plan>): Plan => ({
    name,
    planName,
    variant: {},
    config: usual,
    clients: [],
    acts,
    ...rest,
  });
  const [fixed, dynamic] = ['static_client', 'dynamic_client'].map((client_registration) => ({
    server_metadata: 'discovery',
    client_registration,
  }));
  const withBasic = { variant: fixed ?? {}, config: statically, clients: [...basic, ...post] };
  const withDynamic = { variant: dynamic ?? {}, config: dynamically };
  const comprehensively = (method: string) => ({
    client_registration: 'static_client',
    client_auth_type: method,
    response_type: 'code',
    response_mode: 'default',
  });
  return [
    plan('oidcc-config', 'oidcc-config-certification-test-plan', { config: { server } }),
    plan('oidcc-basic-static', 'oidcc-basic-certification-test-plan', withBasic),
    plan('oidcc-basic-dynamic', 'oidcc-basic-certification-test-plan', withDynamic),
    plan('oidcc-formpost-static', 'oidcc-formpost-basic-certification-test-plan', withBasic),
    plan('oidcc-formpost-dynamic', 'oidcc-formpost-basic-certification-test-plan', withDynamic),
    plan('oidcc-dynamic', 'oidcc-dynamic-certification-test-plan', {
      variant: { response_type: 'code' },
      config: dynamically,
    }),
    plan('oidcc-3rdparty-init-login', 'oidcc-3rdparty-init-login-certification-test-plan', {
      variant: { response_type: 'code' },
      config: dynamically,
    }),
    plan('oidcc-comprehensive-secret', 'oidcc-test-plan', {
      variant: comprehensively('client_secret_basic'),
      config: {
        ...usual,
        alias: 'comprehensive',
        client: secretOf(comprehensive[0]),
        client2: secretOf(comprehensive[1]),
      },
      clients: comprehensive,
    }),
    plan('oidcc-comprehensive-jwt', 'oidcc-test-plan', {
      variant: comprehensively('private_key_jwt'),
      config: {
        ...usual,
        alias: 'comprehensive-jwt',
        client: keysOf(comprehensiveJwt[0]),
        client2: keysOf(comprehensiveJwt[1]),
      },
      clients: comprehensiveJwt,
    }),
  ];
}

/** Modules in which something other than a sign-in happens. */
function connectOverrides(scripts: Scripts) {
  const entries = [
    ['oidcc-response-type-missing', scripts.errorPageOrReturn],
    ['oidcc-prompt-login', scripts.signInWithEvidence],
    ['oidcc-max-age-1', scripts.signInWithEvidence],
    ['oidcc-ensure-registered-redirect-uri', scripts.errorPage],
    ['oidcc-ensure-request-object-with-redirect-uri', scripts.signInOrError],
    ['oidcc-ensure-redirect-uri-in-authorization-request', scripts.errorPage],
    ['oidcc-redirect-uri-query-mismatch', scripts.errorPage],
    ['oidcc-redirect-uri-query-added', scripts.errorPage],
    ['oidcc-registration-logo-uri', scripts.showSignInPage],
    ['oidcc-registration-policy-uri', scripts.showSignInPage],
    ['oidcc-registration-tos-uri', scripts.showSignInPage],
  ] as const;
  return Object.fromEntries(entries.map(([module, browser]) => [module, { browser }]));
}

function logoutPlans({ clients, scripts, server }: PlanContext): readonly Plan[] {
  const { logout, backChannel } = clients;
  const variant = { response_type: 'code', client_registration: 'static_client' };
  const configOf = (alias: string, [first, second]: readonly [SecretClient, SecretClient]) => ({
    alias,
    server,
    options,
    client: secretOf(first),
    client2: secretOf(second),
    browser: [...scripts.signIn, ...scripts.signOut],
  });
  const named = (browser: Scripts['signOut'], ...modules: readonly string[]) =>
    modules.map((module) => [
      `oidcc-rp-initiated-logout-${module}`,
      { browser: [...scripts.signIn, ...browser] },
    ]);
  const override = Object.fromEntries([
    ...named(
      scripts.signOutError,
      'bad-post-logout-redirect-uri',
      'query-added-to-post-logout-redirect-uri',
      'modified-id-token-hint',
      'bad-id-token-hint',
    ),
    ...named(
      scripts.signedOutPage,
      'no-id-token-hint',
      'no-params',
      'no-post-logout-redirect-uri',
      'only-state',
    ),
  ]) as Readonly<Record<string, object>>;
  return [
    {
      name: 'oidcc-rp-initiated-logout',
      planName: 'oidcc-rp-initiated-logout-certification-test-plan',
      variant,
      config: { ...configOf('logout', logout), override },
      clients: logout,
    },
    {
      name: 'oidcc-backchannel-logout',
      planName: 'oidcc-backchannel-rp-initiated-logout-certification-test-plan',
      variant,
      config: configOf('back-channel', backChannel),
      clients: backChannel,
    },
  ];
}

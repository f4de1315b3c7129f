// The parameters of an authorization request after oidc-provider's checks. The result is kept for each
// registration and set of parameters, because the requests of a client usually differ only in state, nonce
// and challenge.
import type { Client, KoaContextWithOIDC } from 'oidc-provider';
import { readParameters, type Form } from '#oidc/fast-path/form.ts';
import { parameterSteps } from '#oidc/patches/handlers/authorization-steps.ts';

/** Parameters that may differ in every request and are not compared with the registration. */
const varying: readonly string[] = ['state', 'nonce', 'code_challenge', 'login_hint', 'ui_locales'];

const names: ReadonlySet<string> = new Set([
  'client_id',
  'redirect_uri',
  'response_type',
  'scope',
  'code_challenge_method',
  'resource',
  'prompt',
  'max_age',
  'acr_values',
  'organization',
  ...varying,
]);

/** A challenge of the method S256, which the checks accept. */
const usualChallenge = /^[\w-]{43}$/;
/** Koa would encode any other character of a redirect URI. */
const usualUri = /^(?:[\w.~:/?#[\]@!$&'()*+,;=-]|%[\da-f]{2})*$/i;

/** Maximum number of sets of parameters that are kept for one registration; a client usually has few. */
const maxKept = 50;
/** In characters; a longer set of parameters is checked every time. */
const maxKeptLength = 1_000;

type Parameters = Readonly<Record<string, string | undefined>>;

/** The parameters of a query; `undefined` if it has unknown ones, or some in an unusual form. */
export function readAuthorizationQuery(query: string): Form | undefined {
  const form = readParameters(query, names);
  const { client_id: id = '', code_challenge: challenge, redirect_uri: uri = '' } = form ?? {};
  // The metadata document of such a client would have to be fetched, and its users are always asked.
  if (id.startsWith('https:')) return undefined;
  const isUsual = challenge === undefined || usualChallenge.test(challenge);
  return isUsual && usualUri.test(uri) ? form : undefined;
}

export function createParameterCheck() {
  const kept = new WeakMap<Client, Map<string, Parameters>>();

  function keptOf(client: Client): Map<string, Parameters> {
    const known = kept.get(client) ?? new Map<string, Parameters>();
    kept.set(client, known);
    return known;
  }

  function keep(client: Client, key: string, parameters: Parameters): void {
    const known = keptOf(client);
    if (known.size >= maxKept) known.clear();
    known.set(key, parameters);
  }

  /** The parameters after the checks, without those that vary. @throws if the request is refused */
  async function check(ctx: KoaContextWithOIDC): Promise<Parameters> {
    for (const step of parameterSteps) await step(ctx, async () => undefined);
    const checked = Object.entries(ctx.oidc.params ?? {});
    // A form has only strings; the checks add strings, and replace a `max_age` of 0 with `undefined`.
    const unvarying = checked.filter(([name]) => !varying.includes(name)) as [
      string,
      string | undefined,
    ][];
    return Object.fromEntries(unvarying);
  }

  /** Replaces the parameters in the context with the checked ones. @throws if the request is refused */
  return async (ctx: KoaContextWithOIDC, client: Client, form: Form): Promise<void> => {
    const key = keyOf(form);
    const known = keptOf(client).get(key);
    const parameters = known ?? (await check(ctx));
    if (!known && key.length <= maxKeptLength) keep(client, key, parameters);
    const { state, nonce, code_challenge, login_hint, ui_locales } = form;
    const params = { ...parameters, state, nonce, code_challenge, login_hint, ui_locales };
    Object.assign(ctx.oidc, { params });
  };
}

/** Contains each parameter with its value; of a varying parameter, only that it is present. */
function keyOf(form: Form): string {
  let key = '';
  for (const [name, value] of Object.entries(form)) {
    key += varying.includes(name) ? `${name};` : `${name}=${value.length}:${value};`;
  }
  return key;
}

// The parameters of an authorization request after oidc-provider's checks. What the checks of one
// registration and one set of parameters find is kept, because a client repeats its request with another
// state, nonce and challenge only.
import type { Client, KoaContextWithOIDC } from 'oidc-provider';
import { readParameters, type Form } from '#oidc/fast-path/form.ts';
import { parameterSteps } from '#oidc/patches/handlers/authorization-steps.ts';

/** Differ in every request, and are not compared with the registration. */
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
/** Koa would encode other characters of a redirect. */
const usualUri = /^(?:[\w.~:/?#[\]@!$&'()*+,;=-]|%[\da-f]{2})*$/i;

/** Sets of parameters that are kept for one registration; a client has very few. */
const maxKept = 50;
/** In characters; parameters that are longer together are checked every time. */
const maxKeptLength = 1_000;

type Parameters = Readonly<Record<string, string | undefined>>;

/** The parameters of a query; `undefined` if it has others, or some in an unusual form. */
export function readAuthorizationQuery(query: string): Form | undefined {
  const form = readParameters(query, names);
  const { client_id: id = '', code_challenge: challenge, redirect_uri: uri = '' } = form ?? {};
  // The document of such a client would have to be read, and its users are always asked.
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

  /** The parameters as the checks have left them, without those that vary. @throws if refused */
  async function check(ctx: KoaContextWithOIDC): Promise<Parameters> {
    for (const step of parameterSteps) await step(ctx, async () => undefined);
    const checked = Object.entries(ctx.oidc.params ?? {});
    // A form has no other values, and the checks add none.
    const unvarying = checked.filter(([name]) => !varying.includes(name)) as [string, string][];
    return Object.fromEntries(unvarying);
  }

  /** Replaces the parameters of the context, which are those of the form, by the checked ones. @throws if refused */
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

/** Names the values, and which of the varying parameters are present. */
function keyOf(form: Form): string {
  let key = '';
  for (const [name, value] of Object.entries(form)) {
    key += varying.includes(name) ? `${name};` : `${name}=${value.length}:${value};`;
  }
  return key;
}

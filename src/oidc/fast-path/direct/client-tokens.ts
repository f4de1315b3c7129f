// Client credentials (RFC 6749 §4.4): a token for one API or, if no API is requested, a token without an
// audience or scope. The API, its scopes and its format come from the hooks that oidc-provider calls; a
// request that oidc-provider could refuse is left to it.
import {
  errors,
  type Adapter,
  type Client,
  type ClientCredentials,
  type Provider,
  type ResourceServer,
} from 'oidc-provider';
import { splitScope } from '#core/clients/scopes.ts';
import { accessSecondsOf } from '#oidc/clients/client-policies.ts';
import type { CountToken } from '#oidc/patches/observation/token-metrics.ts';
import type { ProviderHooks } from '#oidc/provider-hooks.ts';
import { withPrefix } from '#oidc/tokens/token-prefixes.ts';
import { randomToken } from '#platform/crypto/hashing.ts';
import {
  confirmationOf,
  isBindingKnown,
  tokenTypeOf,
  type ProvenClient,
} from '#oidc/fast-path/authentication/caller.ts';
import type { ClientAuthentication } from '#oidc/fast-path/authentication/client-authentication.ts';
import { DirectRefusal, type DirectRequest } from './direct-request.ts';
import type { TokenSigner } from './token-signer.ts';

export interface DirectClientTokenDependencies {
  readonly provider: Provider;
  readonly authenticate: ClientAuthentication;
  readonly hooks: Pick<
    ProviderHooks,
    'getResourceServerInfo' | 'defaultResource' | 'addStatusClaim'
  >;
  readonly isUserScope: (scope: string) => boolean;
  readonly sign: TokenSigner;
  readonly countToken: CountToken;
  readonly accessTokenSeconds: number;
  readonly issuer: string;
  readonly now: () => Date;
}

interface Requested extends ProvenClient {
  readonly api: ResourceServer | undefined;
  readonly scope: string | undefined;
}

interface Issued {
  readonly value: string;
  readonly format: 'jwt' | 'opaque';
}

type Claims = ReturnType<typeof claimsOf>;

export function createDirectClientTokens(dependencies: DirectClientTokenDependencies) {
  const { provider, authenticate, hooks, sign, accessTokenSeconds, issuer, now } = dependencies;
  const { isUserScope, countToken } = dependencies;
  const selectApi = createApiSelection(hooks);
  const model = provider.ClientCredentials as unknown as { adapter: Adapter }; // the types omit it

  /** What a token may now be issued for; `undefined` if oidc-provider could refuse the request. */
  async function read(request: DirectRequest): Promise<Requested | undefined> {
    const { form } = request;
    const asked = splitScope(form['scope']);
    if (!isPlainScope(form['scope'], asked) || asked.some(isUserScope)) return undefined;
    const caller = await authenticate(request);
    if (!caller) return undefined;
    const { client, proof } = caller;
    if (!client.grantTypeAllowed('client_credentials') || !isBindingKnown(caller)) return undefined;
    const api = await selectApi(request, client);
    if (api === null || (!api && asked.length > 0)) return undefined;
    const available = splitScope(api?.scope);
    const granted = asked.filter((scope) => available.includes(scope));
    if (asked.length > 0 && granted.length === 0) return undefined;
    if (!(await caller.confirm())) return undefined;
    return { client, proof, api, scope: granted.length > 0 ? granted.join(' ') : undefined };
  }

  async function issueJwt(claims: Claims, requested: Requested): Promise<Issued> {
    const { api, scope } = requested;
    const { iat, exp, clientId: client_id, jkt } = claims;
    const cnf = confirmationOf(jkt);
    const jti = randomToken();
    const aud = api?.audience;
    const payload = { jti, sub: client_id, iat, exp, scope, client_id, iss: issuer, aud, cnf };
    // The hook reads nothing else of a token without a user.
    await hooks.addStatusClaim(claims as unknown as ClientCredentials, payload);
    return { value: sign(payload), format: 'jwt' };
  }

  async function issueOpaque(claims: Claims, seconds: number): Promise<Issued> {
    const value = withPrefix('ClientCredentials', randomToken());
    await model.adapter.upsert(value, claims, seconds);
    return { value, format: 'opaque' };
  }

  /** Any failure here is final, because the client's assertion or proof may be used up. */
  async function issue(requested: Requested): Promise<object> {
    const { client, proof, api, scope } = requested;
    const seconds = accessSecondsOf(client, api?.accessTokenTTL ?? accessTokenSeconds);
    const claims = claimsOf(requested, Math.floor(now().getTime() / 1000), seconds);
    const isJwt = api?.accessTokenFormat === 'jwt';
    try {
      await proof?.useUp(errors.InvalidGrant);
      const issued = await (isJwt ? issueJwt(claims, requested) : issueOpaque(claims, seconds));
      countToken('client_credentials', issued.format);
      const token_type = tokenTypeOf(proof);
      return { access_token: issued.value, expires_in: seconds, scope, token_type };
    } catch (error) {
      throw new DirectRefusal(error);
    }
  }

  return async (request: DirectRequest): Promise<object | undefined> => {
    const requested = await read(request);
    return requested && issue(requested);
  };
}

/** The record of an opaque token, as oidc-provider stores it. */
function claimsOf({ client, proof, api, scope }: Requested, iat: number, seconds: number) {
  return {
    iat,
    exp: iat + seconds,
    kind: 'ClientCredentials',
    clientId: client.clientId,
    jkt: proof?.thumbprint,
    aud: api?.audience,
    scope,
  } as const;
}

/** True if single spaces separate the scopes and they contain no character that oidc-provider refuses. */
export function isPlainScope(text: string | undefined, scopes: readonly string[]): boolean {
  return text === undefined || (/^[\w:./ -]+$/.test(text) && scopes.join(' ') === text);
}

/** Returns a function that finds the API of a request, or `null` if the request could be refused. */
function createApiSelection({
  getResourceServerInfo,
  defaultResource,
}: DirectClientTokenDependencies['hooks']) {
  /** Identifiers that are known to be URLs without a fragment (RFC 8707 §2), so as not to parse them again. */
  const urls = new Set<string>();

  function isUrl(resource: string): boolean {
    return urls.has(resource) || URL.parse(resource)?.href.includes('#') === false;
  }

  return async (
    { form, ctx }: DirectRequest,
    client: Client,
  ): Promise<ResourceServer | undefined | null> => {
    const resource = form['resource'] ?? (await defaultResource(ctx, client));
    if (resource === undefined) return undefined;
    if (typeof resource !== 'string' || !isUrl(resource)) return null;
    try {
      const api = await getResourceServerInfo(ctx, resource, client);
      urls.add(resource);
      return api;
    } catch {
      return null;
    }
  };
}

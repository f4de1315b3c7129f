// Refresh with rotation (RFC 6749 §6). All that could refuse the request is checked before the token is
// rotated; what oidc-provider could refuse is left to it. The rotation itself decides last, and a request
// that it refuses is final: another attempt would detect a reuse twice.
import type {
  AccessToken,
  Adapter,
  AdapterPayload,
  Client,
  KoaContextWithOIDC,
  Provider,
  ResourceServer,
} from 'oidc-provider';
import { nativeSsoMember } from '#core/clients/client-policies.ts';
import { splitScope } from '#core/clients/scopes.ts';
import { isRotating } from '#oidc/clients/client-policies.ts';
import type { CountToken } from '#oidc/patches/observation/token-metrics.ts';
import type { ProviderHooks } from '#oidc/provider-hooks.ts';
import type { ImpersonationLimits } from '#oidc/sessions/impersonation.ts';
import { mayRefresh } from '#oidc/tokens/offline-access.ts';
import type { RefreshRotation } from '#oidc/tokens/refresh/refresh-rotation.ts';
import type { ClientAuthentication } from './client-authentication.ts';
import { isBound, isPlainScope } from './client-tokens.ts';
import { DirectRefusal, type DirectRequest } from './direct-request.ts';
import type { PresentedTokens } from './presented-tokens.ts';
import type { createUserTokens, Source } from './user-tokens.ts';

export interface DirectRefreshDependencies {
  readonly provider: Provider;
  readonly authenticate: ClientAuthentication;
  readonly tokens: PresentedTokens;
  readonly hooks: Pick<ProviderHooks, 'findAccount' | 'getResourceServerInfo'>;
  readonly impersonation: Pick<ImpersonationLimits, 'isActive'>;
  readonly rotation: Pick<RefreshRotation, 'nextToken'>;
  readonly issue: ReturnType<typeof createUserTokens>;
  readonly countToken: CountToken;
}

type Model = { readonly adapter: Adapter };

export function createDirectRefresh(dependencies: DirectRefreshDependencies) {
  const { provider, authenticate, rotation, issue, countToken } = dependencies;
  // The types omit the members.
  const { adapter: refreshTokens } = provider.RefreshToken as unknown as Model;
  const readSource = createSourceReading(dependencies, refreshTokens);

  /** Whatever fails here is final: a second attempt would find that the token was used. */
  async function rotate(value: string, source: Source) {
    try {
      await refreshTokens.consume(value);
      const refresh_token = rotation.nextToken();
      return { ...(await issue(source)), refresh_token };
    } catch (error) {
      throw new DirectRefusal(error);
    }
  }

  return async ({ authorization, form }: DirectRequest): Promise<object | undefined> => {
    const { refresh_token: value, scope } = form;
    if (value === undefined || !isPlainScope(scope, splitScope(scope))) return undefined;
    const client = await authenticate(authorization, form);
    if (!client || !isUsual(client)) return undefined;
    const source = await readSource(value, client, form);
    if (!source) return undefined;
    const { format, scope: granted, ...issued } = await rotate(value, source);
    countToken('refresh_token', format);
    const { access_token, expires_in, id_token, refresh_token } = issued;
    const shown = source.record.scope ? granted : granted || undefined;
    const tokens = { access_token, expires_in, id_token, refresh_token };
    return { ...tokens, scope: shown, token_type: 'Bearer' };
  };
}

/** A client whose tokens rotate, name no key, and come without the secret of a device. */
const isUsual = (client: Client): boolean =>
  !isBound(client) && isRotating(client) && client[nativeSsoMember] === undefined;

function createSourceReading(
  { provider, tokens, hooks, impersonation }: DirectRefreshDependencies,
  refreshTokens: Adapter,
) {
  const { adapter: grants } = provider.Grant as unknown as Model;

  async function findRecord(value: string, client: Client): Promise<AdapterPayload | undefined> {
    const record = await refreshTokens.find(value);
    if (!record || record.clientId !== client.clientId || !isPlain(record)) return undefined;
    if (!mayRefresh(client, record)) return undefined;
    return (await tokens.isUsable(record)) ? record : undefined;
  }

  /** `undefined` without an API, `null` if the request could be refused. */
  async function findApi(
    ctx: KoaContextWithOIDC,
    { resource }: AdapterPayload,
    client: Client,
  ): Promise<ResourceServer | undefined | null> {
    if (resource === undefined) return undefined;
    // A token for several APIs is for the one that the request names.
    if (typeof resource !== 'string') return null;
    try {
      return await hooks.getResourceServerInfo(ctx, resource, client);
    } catch {
      return null;
    }
  }

  return async (
    value: string,
    client: Client,
    form: DirectRequest['form'],
  ): Promise<Source | undefined> => {
    const record = await findRecord(value, client);
    if (!record || impersonation.isActive()) return undefined;
    const known = splitScope(record.scope);
    const scopes = form['scope'] === undefined ? known : splitScope(form['scope']);
    if (!scopes.every((scope) => known.includes(scope))) return undefined;
    if (form['resource'] !== undefined && form['resource'] !== record.resource) return undefined;
    // All that the hooks read of a request.
    const ctx = { oidc: { route: 'token', client, params: form } } as unknown as KoaContextWithOIDC;
    const { accountId = '', grantId = '' } = record;
    const account = await hooks.findAccount(ctx, accountId, record as unknown as AccessToken);
    const grant = account && (await grants.find(grantId));
    const api = grant && !grant.rejected ? await findApi(ctx, record, client) : null;
    if (!account || !grant || api === null) return undefined;
    return { client, account, record, grant, scopes, api, gty: refreshedFrom(record.gty) };
  };
}

/** A token that was not replaced, and whose record alone decides what it permits. */
function isPlain(record: AdapterPayload): boolean {
  const { consumed, claims, rar, jkt } = record;
  const isOfKey = jkt !== undefined || record['x5t#S256'] !== undefined;
  return !consumed && !claims && !rar && !isOfKey && record['attestationJkt'] === undefined;
}

const refreshGrant = 'refresh_token';

function refreshedFrom(gty: string | undefined): string | undefined {
  return gty === undefined || gty.endsWith(refreshGrant) ? gty : `${gty} ${refreshGrant}`;
}

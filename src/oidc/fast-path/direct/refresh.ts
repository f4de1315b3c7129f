// Refresh (RFC 6749 §6), with rotation or without. Everything that could refuse the request is checked before
// the token is used; a request that oidc-provider could refuse is left to it. The statement that records the use
// decides last, and its refusal is final: a second attempt would detect the reuse again. If no rule can refuse
// the request, the token is rotated first, and the same checks follow (docs/decisions/0066).
import { errors, type Provider } from 'oidc-provider';
import { splitScope } from '#core/clients/scopes.ts';
import type { CountToken } from '#oidc/patches/observation/token-metrics.ts';
import { establish } from '#oidc/patches/handlers/direct-context.ts';
import type { RefreshRotation } from '#oidc/tokens/refresh/refresh-rotation.ts';
import type { Caller } from '#oidc/fast-path/authentication/caller.ts';
import type { ClientAuthentication } from '#oidc/fast-path/authentication/client-authentication.ts';
import { isPlainScope } from './client-tokens.ts';
import { DirectRefusal, hasNoOtherSingleUseValue, type DirectRequest } from './direct-request.ts';
import type { Model } from './presented-tokens.ts';
import { hasPlainTokens, type SourceReading } from './sources.ts';
import { presentTokens, type Source, type UserTokens } from './user-tokens.ts';

export interface DirectRefreshDependencies {
  readonly provider: Provider;
  readonly authenticate: ClientAuthentication;
  readonly sources: SourceReading;
  readonly rotation: Pick<RefreshRotation, 'nextToken' | 'rotateImmediately' | 'rotates'>;
  readonly userTokens: UserTokens;
  readonly countToken: CountToken;
}

interface Presented {
  readonly caller: Caller;
  readonly value: string;
  /** The scopes that the request names; `undefined` for all scopes of the token. */
  readonly named: readonly string[] | undefined;
}

export function createDirectRefresh(dependencies: DirectRefreshDependencies) {
  const { provider, authenticate, sources, rotation, userTokens, countToken } = dependencies;
  const { adapter: refreshTokens } = provider.RefreshToken as unknown as Model;

  /** `undefined` if the request could be refused. */
  async function findSource(
    request: DirectRequest,
    { caller, value, named }: Presented,
  ): Promise<Source | undefined> {
    const record = await sources.find(refreshTokens, value, caller);
    if (!record) return undefined;
    const known = splitScope(record.scope);
    const scopes = named ?? known;
    if (!scopes.every((each) => known.includes(each))) return undefined;
    const gty = refreshedFrom(record.gty);
    return sources.complete(request, { ...caller, record, scopes, gty });
  }

  /** Returns the successor of the token, or the token itself if the client's tokens are not rotated. */
  async function recordUse(value: string, { ctx, client, record }: Source): Promise<string> {
    establish(ctx, { entities: { Client: client, RefreshToken: record } });
    if (!(await rotation.rotates(ctx))) return value;
    await refreshTokens.consume(value);
    return rotation.nextToken();
  }

  /** Any failure here is final: a second attempt would find that the token was used. */
  async function refresh(value: string, source: Source): Promise<object> {
    try {
      await source.proof?.useUp(errors.InvalidGrant);
      const refresh_token = await recordUse(value, source);
      const access = await userTokens.issueAccessToken(source);
      const id_token = await userTokens.issueIdToken(source, access);
      countToken('refresh_token', access.format);
      return presentTokens(source, access, { id_token, refresh_token });
    } catch (error) {
      throw new DirectRefusal(error);
    }
  }

  return async (request: DirectRequest): Promise<object | undefined> => {
    const { refresh_token: value, scope, resource } = request.form;
    const named = scope === undefined ? undefined : splitScope(scope);
    if (value === undefined || !isPlainScope(scope, named ?? [])) return undefined;
    const caller = await authenticate(request);
    if (!caller || !isUsual(caller)) return undefined;
    const { client } = caller;
    const isRotated =
      hasNoOtherSingleUseValue(request) &&
      (await rotation.rotateImmediately(value, { client, resource, scopes: named }));
    try {
      const source = await findSource(request, { caller, value, named });
      return source && (await caller.confirm()) ? await refresh(value, source) : undefined;
    } catch (error) {
      // A second attempt would not know of the rotation.
      throw isRotated && !(error instanceof DirectRefusal) ? new DirectRefusal(error) : error;
    }
  };
}

const refreshGrant = 'refresh_token';

const isUsual = (caller: Caller): boolean =>
  caller.client.grantTypeAllowed(refreshGrant) && hasPlainTokens(caller);

function refreshedFrom(gty: string | undefined): string | undefined {
  return gty === undefined || gty.endsWith(refreshGrant) ? gty : `${gty} ${refreshGrant}`;
}

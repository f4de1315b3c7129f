// Exchange of an authorization code (RFC 6749 §4.1.3). Everything that could refuse the request is checked
// before the code is redeemed; a request that oidc-provider could refuse is left to it. The statement that
// redeems the code decides last, and its refusal is final: another attempt would be a second replay.
import { errors, type AdapterPayload, type Provider } from 'oidc-provider';
import { splitScope } from '#core/clients/scopes.ts';
import { refreshSecondsOf } from '#oidc/clients/client-policies.ts';
import { provesPossession } from '#oidc/patches/grants/grant-helpers.ts';
import type { CountToken } from '#oidc/patches/observation/token-metrics.ts';
import type { ProviderHooks } from '#oidc/provider-hooks.ts';
import type { RefreshRotation } from '#oidc/tokens/refresh/refresh-rotation.ts';
import type { Form } from '#oidc/fast-path/form.ts';
import type { Caller } from '#oidc/fast-path/authentication/caller.ts';
import type { ClientAuthentication } from '#oidc/fast-path/authentication/client-authentication.ts';
import { DirectRefusal, type DirectRequest } from './direct-request.ts';
import type { Model } from './presented-tokens.ts';
import { hasPlainTokens, type SourceReading } from './sources.ts';
import { presentTokens, type Source, type UserTokens } from './user-tokens.ts';

export interface DirectCodeExchangeDependencies {
  readonly provider: Provider;
  readonly authenticate: ClientAuthentication;
  readonly sources: SourceReading;
  readonly hooks: Pick<ProviderHooks, 'issuesRefreshToken'>;
  readonly rotation: Pick<RefreshRotation, 'nextToken'>;
  readonly userTokens: UserTokens;
  readonly countToken: CountToken;
  readonly refreshTokenSeconds: number;
  readonly now: () => Date;
}

type Code = Parameters<ProviderHooks['issuesRefreshToken']>[2];

const gty = 'authorization_code';

export function createDirectCodeExchange(dependencies: DirectCodeExchangeDependencies) {
  const { provider, authenticate, sources, hooks, userTokens, countToken } = dependencies;
  const { adapter: codes } = provider.AuthorizationCode as unknown as Model;
  const issueRefreshToken = createRefreshTokenIssuance(dependencies);

  /** Any failure here is final: a second attempt would find that the code was used. */
  async function redeem(value: string, source: Source): Promise<object> {
    const { ctx, client, record, proof } = source;
    try {
      await codes.consume(value);
      // After the code, as in oidc-provider: if the proof is refused, a code without a refresh token stays used.
      await proof?.useUp(errors.InvalidGrant);
      const access = await userTokens.issueAccessToken(source);
      // The hook reads the members of the record.
      const code = record as unknown as Code;
      const isRefreshable = await hooks.issuesRefreshToken(ctx, client, code);
      // The ID token is signed while the statement of the refresh token runs.
      const [refresh_token, id_token] = await Promise.all([
        isRefreshable ? issueRefreshToken(source) : undefined,
        userTokens.issueIdToken(source, access),
      ]);
      countToken(gty, access.format);
      return presentTokens(source, access, { id_token, refresh_token });
    } catch (error) {
      throw new DirectRefusal(error);
    }
  }

  return async (request: DirectRequest): Promise<object | undefined> => {
    const { code: value } = request.form;
    if (value === undefined) return undefined;
    const caller = await authenticate(request);
    if (!caller || !isUsual(caller)) return undefined;
    const record = await sources.find(codes, value, caller);
    if (!record || !isOfRequest(record, request.form)) return undefined;
    const scopes = splitScope(record.scope);
    const source = await sources.complete(request, { ...caller, record, scopes, gty });
    return source && (await caller.confirm()) ? redeem(value, source) : undefined;
  };
}

const isUsual = (caller: Caller): boolean =>
  caller.client.grantTypeAllowed(gty) && hasPlainTokens(caller);

/** True if the form matches the authorization request of the code (RFC 6749 §4.1.3, RFC 7636 §4.6). */
function isOfRequest(record: AdapterPayload, { redirect_uri, code_verifier }: Form): boolean {
  return record['redirectUri'] === redirect_uri && provesPossession(record, code_verifier);
}

/** Returns a function that stores the first refresh token of a family and the redemption of its code. */
function createRefreshTokenIssuance(dependencies: DirectCodeExchangeDependencies) {
  const { provider, rotation, refreshTokenSeconds, now } = dependencies;
  const { adapter: refreshTokens } = provider.RefreshToken as unknown as Model;

  return async ({ client, proof, account, record }: Source): Promise<string> => {
    const { accountId } = account;
    const { clientId } = client;
    const { acr, amr, authTime, nonce, resource, scope } = record;
    const { grantId, sid, sessionUid, expiresWithSession } = record;
    const iat = Math.floor(now().getTime() / 1000);
    const seconds = refreshSecondsOf(client, refreshTokenSeconds);
    const value = rotation.nextToken();
    const times = { iat, exp: iat + seconds, iiat: iat, rotations: 0 };
    // Confidential clients authenticate when they use the token, so it is not bound to a key (RFC 9449 §5).
    const jkt = client.clientAuthMethod === 'none' ? proof?.thumbprint : undefined;
    const binding = { grantId, sid, sessionUid, expiresWithSession, jkt };
    const signIn = { acr, amr, authTime, nonce, resource, scope };
    const payload = { ...times, kind: 'RefreshToken', accountId, clientId, gty, ...signIn };
    await refreshTokens.upsert(value, { ...payload, ...binding }, seconds);
    return value;
  };
}

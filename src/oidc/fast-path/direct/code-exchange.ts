// Exchange of an authorization code (RFC 6749 §4.1.3). Everything that could refuse the request is checked
// before the code is redeemed; a request that oidc-provider could refuse is left to it. The statement that
// redeems the code decides last, and its refusal is final: another attempt would be a second replay. If no rule
// can refuse the request, one statement redeems the code and returns what the answer needs
// (docs/decisions/0067).
import { errors, type AdapterPayload, type Provider } from 'oidc-provider';
import { splitScope } from '#core/clients/scopes.ts';
import { refreshSecondsOf } from '#oidc/clients/client-policies.ts';
import { provesPossession } from '#oidc/patches/grants/grant-helpers.ts';
import type { CountToken } from '#oidc/patches/observation/token-metrics.ts';
import type { ProviderHooks } from '#oidc/provider-hooks.ts';
import type { FoundCode } from '#oidc/adapters/code-adapter.ts';
import type { RefreshRotation } from '#oidc/tokens/refresh/refresh-rotation.ts';
import type { Form } from '#oidc/fast-path/form.ts';
import type { Caller } from '#oidc/fast-path/authentication/caller.ts';
import type { ClientAuthentication } from '#oidc/fast-path/authentication/client-authentication.ts';
import { DirectRefusal, hasNoOtherSingleUseValue, type DirectRequest } from './direct-request.ts';
import { hasExpired, type Model } from './presented-tokens.ts';
import { hasPlainTokens, type SourceReading } from './sources.ts';
import { presentTokens, type Source, type UserTokens } from './user-tokens.ts';

export interface DirectCodeExchangeDependencies {
  readonly provider: Provider;
  readonly authenticate: ClientAuthentication;
  readonly sources: SourceReading;
  readonly hooks: Pick<ProviderHooks, 'issuesRefreshToken'>;
  readonly rotation: Pick<RefreshRotation, 'nextToken' | 'redeemImmediately'>;
  readonly foundCode: Pick<FoundCode, 'read'>;
  readonly userTokens: UserTokens;
  readonly countToken: CountToken;
  readonly refreshTokenSeconds: number;
  readonly now: () => Date;
}

const gty = 'authorization_code';

export function createDirectCodeExchange(dependencies: DirectCodeExchangeDependencies) {
  const { provider, authenticate, sources, userTokens, countToken } = dependencies;
  const { adapter: codes } = provider.AuthorizationCode as unknown as Model;
  const mayHaveRefreshToken = createRefreshTokenPolicy(dependencies);
  const issueRefreshToken = createRefreshTokenIssuance(dependencies);
  const redeemImmediately = createImmediateRedemption(dependencies);

  /** Any failure here is final, because the code may have been used. */
  async function redeem(value: string, source: Source): Promise<object> {
    const { ctx, client, record, proof } = source;
    try {
      await codes.consume(value);
      // After the code, as in oidc-provider: if the proof is refused, a code without a refresh token stays used.
      await proof?.useUp(errors.InvalidGrant);
      const access = await userTokens.issueAccessToken(source);
      const hasRefreshToken = await mayHaveRefreshToken(ctx, client, record);
      // The ID token is signed while the refresh token is stored, unless that was done with the redemption.
      const [refresh_token, id_token] = await Promise.all([
        hasRefreshToken ? issueRefreshToken(source) : undefined,
        userTokens.issueIdToken(source, access),
      ]);
      countToken(gty, access.format);
      return presentTokens(source, access, { id_token, refresh_token });
    } catch (error) {
      throw new DirectRefusal(error);
    }
  }

  /** `undefined` if the request could be refused. */
  async function findSource(
    request: DirectRequest,
    caller: Caller,
    value: string,
  ): Promise<Source | undefined> {
    const record = await sources.find(codes, value, caller);
    if (!record || !isOfRequest(record, request.form)) return undefined;
    const scopes = splitScope(record.scope);
    return sources.complete(request, { ...caller, record, scopes, gty });
  }

  return async (request: DirectRequest): Promise<object | undefined> => {
    const { code: value } = request.form;
    if (value === undefined) return undefined;
    const caller = await authenticate(request);
    if (!caller || !isUsual(caller)) return undefined;
    const isRedeemed =
      hasNoOtherSingleUseValue(request) && (await redeemImmediately(value, request, caller));
    try {
      const source = await findSource(request, caller, value);
      return source && (await caller.confirm()) ? await redeem(value, source) : undefined;
    } catch (error) {
      // A second attempt would count as a replay.
      throw isRedeemed && !(error instanceof DirectRefusal) ? new DirectRefusal(error) : error;
    }
  };
}

const isUsual = (caller: Caller): boolean =>
  caller.client.grantTypeAllowed(gty) && hasPlainTokens(caller);

/** True if the form matches the authorization request of the code (RFC 6749 §4.1.3, RFC 7636 §4.6). */
function isOfRequest(record: AdapterPayload, { redirect_uri, code_verifier }: Form): boolean {
  return record['redirectUri'] === redirect_uri && provesPossession(record, code_verifier);
}

/** Returns a function that decides whether a refresh token is issued for a code, by its record. */
function createRefreshTokenPolicy({ hooks }: Pick<DirectCodeExchangeDependencies, 'hooks'>) {
  type Code = Parameters<ProviderHooks['issuesRefreshToken']>[2];
  return async (ctx: Source['ctx'], client: Source['client'], record: AdapterPayload) =>
    // The hook reads the members of the record.
    hooks.issuesRefreshToken(ctx, client, record as unknown as Code);
}

/**
 * Returns a function that redeems a code together with its first refresh token, if no rule can refuse the
 * request; otherwise it changes nothing.
 */
function createImmediateRedemption(dependencies: DirectCodeExchangeDependencies) {
  const { sources, rotation, foundCode, now } = dependencies;
  const mayHaveRefreshToken = createRefreshTokenPolicy(dependencies);
  const payloadOf = createRefreshTokenPayload(dependencies);

  return async (value: string, request: DirectRequest, caller: Caller): Promise<boolean> => {
    const { client } = caller;
    const record = await foundCode.read(value);
    if (!record || !sources.isUsualRecord(record, caller)) return false;
    if (!isOfRequest(record, request.form) || hasExpired(record, now())) return false;
    if (!(await sources.findApi(request, record, client))) return false;
    if (!(await mayHaveRefreshToken(request.ctx, client, record))) return false;
    const payload = payloadOf({ ...caller, record });
    try {
      return await rotation.redeemImmediately({ code: record, payload });
    } catch (error) {
      // It is unknown whether the code was redeemed.
      throw new DirectRefusal(error);
    }
  };
}

/** Returns a function that stores a first refresh token and the redemption of its code, unless they are stored. */
function createRefreshTokenIssuance(dependencies: DirectCodeExchangeDependencies) {
  const { provider, rotation, refreshTokenSeconds } = dependencies;
  const { adapter: refreshTokens } = provider.RefreshToken as unknown as Model;
  const payloadOf = createRefreshTokenPayload(dependencies);

  return async (source: Source): Promise<string> => {
    const value = rotation.nextToken();
    const seconds = refreshSecondsOf(source.client, refreshTokenSeconds);
    await refreshTokens.upsert(value, payloadOf(source), seconds);
    return value;
  };
}

/** Returns a function that builds the record of the first refresh token, as oidc-provider stores it. */
function createRefreshTokenPayload({ refreshTokenSeconds, now }: DirectCodeExchangeDependencies) {
  return ({ client, proof, record }: Pick<Source, 'client' | 'proof' | 'record'>) => {
    const { clientId } = client;
    const { accountId, acr, amr, authTime, nonce, resource, scope } = record;
    const { grantId, sid, sessionUid, expiresWithSession } = record;
    const iat = Math.floor(now().getTime() / 1000);
    const exp = iat + refreshSecondsOf(client, refreshTokenSeconds);
    const times = { iat, exp, iiat: iat, rotations: 0 };
    // Confidential clients authenticate when they use the token, so it is not bound to a key (RFC 9449 §5).
    const jkt = client.clientAuthMethod === 'none' ? proof?.thumbprint : undefined;
    const binding = { grantId, sid, sessionUid, expiresWithSession, jkt };
    const signIn = { acr, amr, authTime, nonce, resource, scope };
    return { ...times, kind: 'RefreshToken', accountId, clientId, gty, ...signIn, ...binding };
  };
}

// Issues the access token and the ID token of a user, as oidc-provider does after its checks
// (lib/helpers/grant_common.js), through the hooks and patches that it calls.
import type {
  AccessToken,
  Account,
  Adapter,
  AdapterPayload,
  Client,
  KoaContextWithOIDC,
  Provider,
  ResourceServer,
} from 'oidc-provider';
import { splitScope } from '#core/clients/scopes.ts';
import type { TokenAuthorization } from '#oidc/access-control/token-authorization.ts';
import { accessSecondsOf } from '#oidc/clients/client-policies.ts';
import { establish } from '#oidc/patches/handlers/direct-context.ts';
import type { ProviderHooks } from '#oidc/provider-hooks.ts';
import type { SubjectIdentifiers } from '#oidc/security/subject-identifiers.ts';
import {
  confirmationOf,
  tokenTypeOf,
  type ProvenClient,
} from '#oidc/fast-path/authentication/caller.ts';
import { withPrefix } from '#oidc/tokens/token-prefixes.ts';
import { randomToken } from '#platform/crypto/hashing.ts';
import type { TokenSigner } from './token-signer.ts';

type IdToken = InstanceType<Provider['IdToken']>;

export interface UserTokenDependencies {
  readonly provider: Provider;
  readonly hooks: Pick<ProviderHooks, 'claimsOfAccessToken' | 'bindToGrant' | 'addStatusClaim'>;
  readonly authorization: Pick<TokenAuthorization, 'limitScope'>;
  readonly subjects: SubjectIdentifiers;
  readonly sign: TokenSigner;
  readonly accessTokenSeconds: number;
  readonly issuer: string;
  readonly now: () => Date;
}

/** What tokens are issued from. */
export interface Source extends ProvenClient {
  readonly ctx: KoaContextWithOIDC;
  readonly account: Account;
  /** The record of the code or refresh token. */
  readonly record: AdapterPayload;
  /** The record of the grant, in which nothing is refused. */
  readonly grant: AdapterPayload;
  readonly scopes: readonly string[];
  readonly api: ResourceServer | undefined;
  /** The grant types by which the token was obtained, separated by spaces. */
  readonly gty: string | undefined;
}

export interface IssuedAccess {
  readonly value: string;
  readonly seconds: number;
  readonly aud: string | undefined;
  readonly scope: string;
  readonly format: 'jwt' | 'opaque';
}

export function createUserTokens(dependencies: UserTokenDependencies) {
  const { provider, hooks, authorization, accessTokenSeconds, now } = dependencies;
  const serialize = createSerialization(dependencies);

  return {
    async issueAccessToken(source: Source): Promise<IssuedAccess> {
      const { ctx, client, api } = source;
      const seconds = accessSecondsOf(client, api?.accessTokenTTL ?? accessTokenSeconds);
      const token = newToken(source, Math.floor(now().getTime() / 1000), seconds);
      await authorization.limitScope(token);
      establish(ctx, { entities: entitiesOf(source, token) });
      // The hooks read the members of the record, and the client.
      const issued = { ...token, client } as unknown as AccessToken;
      const extra = await hooks.claimsOfAccessToken(ctx, issued);
      const format = api?.accessTokenFormat === 'jwt' ? 'jwt' : 'opaque';
      const value = await serialize({ ...token, extra }, issued, format);
      return { value, seconds, aud: token.aud, scope: token.scope, format };
    },
    /** Returns `undefined` without the scope `openid`. */
    async issueIdToken(source: Source, { aud }: IssuedAccess): Promise<string | undefined> {
      const { ctx, account, record, grant, scopes } = source;
      if (!scopes.includes('openid')) return undefined;
      const claims = await account.claims('id_token', scopes.join(' '), {}, []);
      const { acr, amr, authTime: auth_time, nonce, sid } = record;
      const available = { ...claims, sub: account.accountId, acr, amr, auth_time };
      // The published types omit `scope`.
      const token: IdToken & { scope?: string } = new provider.IdToken(available, { ctx });
      token.scope = aud === undefined ? 'openid' : openidScopeOf(grant, scopes);
      token.mask = {};
      token.set('nonce', nonce);
      token.set('sid', sid);
      return token.issue({ use: 'idtoken' });
    },
  };
}

export type UserTokens = ReturnType<typeof createUserTokens>;

/** The tokens that are returned beside the access token. */
interface OtherTokens {
  readonly id_token: string | undefined;
  readonly refresh_token: string | undefined;
}

/** The body of the response, in the order of oidc-provider's lib/helpers/grant_response.js. */
export function presentTokens(
  { record, proof }: Source,
  { value, seconds, scope }: IssuedAccess,
  { id_token, refresh_token }: OtherTokens,
): object {
  return {
    access_token: value,
    expires_in: seconds,
    id_token,
    refresh_token,
    scope: record.scope ? scope : scope || undefined,
    token_type: tokenTypeOf(proof),
  };
}

/** The scopes about the user that are granted, in the order of the grant. */
export function openidScopeOf(grant: AdapterPayload, scopes: readonly string[]): string {
  const { scope }: { scope?: string } = grant.openid ?? {};
  return splitScope(scope)
    .filter((each) => scopes.includes(each))
    .join(' ');
}

type NewToken = ReturnType<typeof newToken>;

/** The record of an opaque token, as oidc-provider stores it. */
function newToken(source: Source, iat: number, seconds: number) {
  const { client, proof, account, record, api, gty } = source;
  return {
    iat,
    exp: iat + seconds,
    kind: 'AccessToken',
    clientId: client.clientId,
    accountId: account.accountId,
    grantId: record.grantId,
    expiresWithSession: record.expiresWithSession,
    sessionUid: record.sessionUid,
    gty,
    jkt: proof?.thumbprint,
    aud: api?.audience,
    scope: scopeOf(source),
  };
}

function scopeOf({ grant, scopes, api, record: { resource } }: Source): string {
  if (!api) return openidScopeOf(grant, scopes);
  const available = splitScope(api.scope);
  const identifier = Array.isArray(resource) ? resource[0] : resource;
  // oidc-provider stores the scopes of each API as one string.
  const granted = (grant.resources ?? {}) as Readonly<Record<string, string>>;
  return splitScope(granted[identifier ?? ''])
    .filter((each) => scopes.includes(each) && available.includes(each))
    .join(' ');
}

/** The entities of a token request, with all members that the hooks and patches read. */
function entitiesOf({ record, grant }: Source, token: object): object {
  const source = { ...record, scopes: new Set(splitScope(record.scope)) };
  const getOIDCScopeFiltered = (asked: ReadonlySet<string>) => openidScopeOf(grant, [...asked]);
  const name = record.kind ?? '';
  return { AccessToken: token, [name]: source, Grant: { getOIDCScopeFiltered } };
}

function createSerialization(dependencies: UserTokenDependencies) {
  const { provider, hooks, subjects, sign, issuer } = dependencies;
  const { adapter } = provider.AccessToken as unknown as { adapter: Adapter }; // the types omit it

  type Complete = NewToken & { readonly extra: Record<string, unknown> | undefined };

  async function serializeJwt(token: Complete, issued: AccessToken): Promise<string> {
    const { iat, exp, aud, clientId: client_id, accountId } = token;
    const cnf = confirmationOf(token.jkt);
    const sub = await subjects.of(issued.client as Client, accountId);
    const jti = randomToken();
    const scope = token.scope || undefined;
    const claims = { ...token.extra, jti, sub, iat, exp, scope, client_id, iss: issuer, aud, cnf };
    hooks.bindToGrant(issued, claims);
    await hooks.addStatusClaim(issued, claims);
    return sign(claims);
  }

  return async (token: Complete, issued: AccessToken, format: 'jwt' | 'opaque') => {
    if (format === 'jwt') return serializeJwt(token, issued);
    const value = withPrefix('AccessToken', randomToken());
    await adapter.upsert(value, token, token.exp - token.iat);
    return value;
  };
}

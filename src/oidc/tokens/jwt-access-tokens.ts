// Introspection and revocation of JWT access tokens (RFC 9068), for which oidc-provider supports
// opaque tokens only. A valid JWT is represented by a temporary handle and a record for the rest of
// the request, so that oidc-provider's own rules apply to it.
import {
  createLocalJWKSet,
  errors as joseErrors,
  jwtVerify,
  type JWK,
  type JWTVerifyGetKey,
} from 'jose';
import type { AccessToken, AdapterPayload, ClientCredentials } from 'oidc-provider';
import { randomToken } from '#platform/crypto/hashing.ts';
import { createRequestSlot } from '#platform/request/request-scope.ts';
import type { TokenRevocation } from '#core/revocation/token-revocation.service.ts';
import { isPairwise } from '#oidc/security/subject-identifiers.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import { authorizationClaimNames } from '#oidc/access-control/token-authorization.ts';
import type { ExchangeOrigin } from '#oidc/token-exchange/exchange-origin.ts';
import { createOwnSignatures } from './own-signatures.ts';
import { invalidJwtPrefix, withPrefix, type PrefixedSpace } from './token-prefixes.ts';

/** Private claim with the ids of the token's grant and session, which give no access by themselves. */
const groundClaim = 'ost';
/** Binds the encrypted claim to its token. */
const groundContext = (jti: unknown) => `access token ${String(jti)}`;

interface Ground {
  readonly grant?: string;
  readonly session?: string;
  /** The user id of a token with a pairwise `sub`; this claim is then encrypted. */
  readonly user?: string;
  /**
   * Of an exchanged token: the client of the grant, the clients that exchanged a token since, and the
   * tokens that it was exchanged for.
   */
  readonly client?: string;
  readonly through?: readonly string[];
  readonly from?: readonly string[];
}

interface Presented {
  readonly handle: string;
  readonly payload: AdapterPayload;
  readonly origin: ExchangeOrigin | undefined;
}

export interface JwtAccessTokenDependencies {
  readonly issuer: string;
  readonly keys: TokenKeys;
  readonly revocation: TokenRevocation;
  readonly keyring: Keyring;
  readonly now: () => Date;
}

/** The keys that may have signed a valid token, which change while the process runs. */
export interface TokenKeys {
  current(): { readonly published: readonly JWK[] };
  /** Looks for keys that another node has created. */
  loadUnknown(): Promise<void>;
}

export function createJwtAccessTokens(dependencies: JwtAccessTokenDependencies) {
  const { issuer, revocation, keyring, now } = dependencies;
  const keys = createKeySelection(dependencies.keys);
  const readOwnClaims = createOwnSignatures(dependencies.keys, now);
  const presented = createRequestSlot<Presented>('presented JWT');

  async function verify(token: string): Promise<Omit<Presented, 'handle'> | undefined> {
    try {
      const options = {
        issuer,
        typ: 'at+jwt',
        requiredClaims: ['jti', 'exp', 'iat', 'aud', 'client_id'],
        currentDate: now(),
      };
      const payload =
        readOwnClaims(token, options) ?? (await jwtVerify(token, keys, options)).payload;
      const ground = openGround(payload, keyring);
      return { payload: payloadOf(payload, ground), origin: originOf(ground) };
    } catch (error) {
      if (error instanceof joseErrors.JOSEError) return undefined;
      throw error;
    }
  }

  return {
    /** For oidc-provider's `formats.customizers.jwt`: adds the ids of the grant and the session. */
    bindToGrant(
      token: AccessToken | ClientCredentials,
      claims: Record<string, unknown>,
      origin?: ExchangeOrigin,
    ): void {
      if (!('grantId' in token)) return;
      const ground: Ground = {
        ...(origin ? groundOf(origin) : {}),
        ...(token.grantId ? { grant: token.grantId } : {}),
        ...(token.expiresWithSession && token.sessionUid ? { session: token.sessionUid } : {}),
      };
      if (!isPairwise(token.client)) {
        claims[groundClaim] = ground;
        return;
      }
      // Encrypted, because the ids of session and user would let clients of different sectors link their
      // users.
      const content = JSON.stringify({ ...ground, user: token.accountId });
      claims[groundClaim] = keyring.seal(content, groundContext(claims['jti']));
    },
    /** Returns a handle for a JWT; for an invalid JWT the handle matches no record. */
    async present(token: string): Promise<string> {
      const verified = await verify(token);
      if (!verified) return `${invalidJwtPrefix}${randomToken()}`;
      const { kind } = verified.payload;
      const space = kind === 'ClientCredentials' ? kind : 'AccessToken';
      const handle = withPrefix(space, randomToken());
      presented.set({ handle, ...verified });
      return handle;
    },
    /** The origin of the presented token if it is an exchanged one. */
    originOf({ jti }: { readonly jti?: string | undefined }): ExchangeOrigin | undefined {
      const known = presented.get();
      return known?.payload.jti === jti ? known?.origin : undefined;
    },
    /** The record for a handle, unless the token was revoked. */
    async find(space: PrefixedSpace, handle: string): Promise<AdapterPayload | undefined> {
      const known = presented.get();
      if (known?.handle !== handle || known.payload.kind !== space) return undefined;
      const revokedNow = await revocation.isRevoked(String(known.payload.jti));
      return revokedNow ? undefined : known.payload;
    },
    /** Revokes the JWT with this `jti`; false if the id is not that of the presented JWT. */
    async revoke(jti: string): Promise<boolean> {
      const known = presented.get();
      if (known?.payload.jti !== jti) return false;
      const { clientId = '', accountId: userId, exp = 0 } = known.payload;
      const { sessionUid, grantId } = known.origin ?? known.payload;
      const token = { clientId, userId, sessionUid, grantId };
      await revocation.jwt(token, jti, new Date(exp * 1000));
      return true;
    },
  };
}

export type JwtAccessTokens = ReturnType<typeof createJwtAccessTokens>;

/** Selects the key that a token names. */
function createKeySelection(keys: TokenKeys): JWTVerifyGetKey {
  let known: readonly JWK[] | undefined;
  let select: JWTVerifyGetKey | undefined;

  function selection(): JWTVerifyGetKey {
    const { published } = keys.current();
    if (select && known === published) return select;
    known = published;
    select = createLocalJWKSet({ keys: [...published] });
    return select;
  }

  return async (header, token) => {
    try {
      return await selection()(header, token);
    } catch (error) {
      if (!(error instanceof joseErrors.JWKSNoMatchingKey)) throw error;
      await keys.loadUnknown();
      return selection()(header, token);
    }
  };
}

/** The record that oidc-provider would have stored for an opaque token with the same claims. */
function payloadOf(claims: Record<string, unknown>, ground: Ground): AdapterPayload {
  const { sub, client_id: clientId, [groundClaim]: _, cnf, ...rest } = claims;
  const hasUser = sub !== clientId;
  // The grant of an exchanged token belongs to another client, which oidc-provider does not expect.
  // Its origin is checked instead (oidc/token-exchange/exchange-origin.ts).
  const { grant, session, client, user = sub } = ground;
  const isOwn = client === undefined;
  return {
    jti: String(rest['jti']),
    kind: hasUser ? 'AccessToken' : 'ClientCredentials',
    format: 'opaque',
    clientId: String(clientId),
    aud: String(rest['aud']),
    iat: Number(rest['iat']),
    exp: Number(rest['exp']),
    ...extraOf(rest),
    ...(typeof rest['scope'] === 'string' ? { scope: rest['scope'] } : {}),
    ...(hasUser ? { accountId: String(user) } : {}),
    ...(Array.isArray(rest['authorization_details']) ? { rar: rest['authorization_details'] } : {}),
    ...(isOwn && grant ? { grantId: grant } : {}),
    ...(isOwn && session ? { sessionUid: session, expiresWithSession: true } : {}),
    ...readConfirmation(cnf),
  };
}

/** The claims about roles, groups and organization (oidc/tokens/token-authorization.ts). */
function extraOf(claims: Record<string, unknown>): { extra?: Record<string, unknown> } {
  const known = authorizationClaimNames.filter((name) => claims[name] !== undefined);
  if (known.length === 0) return {};
  return { extra: Object.fromEntries(known.map((name) => [name, claims[name]])) };
}

/** @throws AppError if ENCRYPTION_KEYS has lost the key that encrypted it */
function openGround(claims: Record<string, unknown>, keyring: Keyring): Ground {
  const { [groundClaim]: value, jti } = claims;
  if (typeof value !== 'string') return readGround(value);
  return readGround(JSON.parse(keyring.open(value, groundContext(jti)).toString()));
}

function groundOf({ clientId: client, through, tokenIds: from }: ExchangeOrigin): Ground {
  return { client, from, ...(through.length > 0 ? { through } : {}) };
}

function originOf(ground: Ground): ExchangeOrigin | undefined {
  const { grant, session, client, through = [], from = [] } = ground;
  if (client === undefined || grant === undefined) return undefined;
  return { grantId: grant, sessionUid: session, clientId: client, through, tokenIds: from };
}

function readGround(value: unknown): Ground {
  return typeof value === 'object' && value !== null ? value : {};
}

/** The key that the token is bound to (RFC 7800). */
function readConfirmation(value: unknown): Record<string, string> {
  const members: [string, unknown][] =
    typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const known = members.filter(
    (member): member is [string, string] =>
      ['jkt', 'x5t#S256'].includes(member[0]) && typeof member[1] === 'string',
  );
  return Object.fromEntries(known);
}

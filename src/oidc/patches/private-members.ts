// Members of oidc-provider's models that its documentation or its published types omit, each read
// in one place.
import { decodeJwt, type JWK } from 'jose';
import type { Client, InteractionResults, KoaContextWithOIDC, Provider } from 'oidc-provider';

/** The id that the session had before oidc-provider replaced it in this request. */
export function replacedIdOf(session: unknown): unknown {
  return typeof session === 'object' && session !== null && 'oldId' in session
    ? session.oldId
    : undefined;
}

/** The secret that protects oidc-provider's logout confirmation form. */
export function logoutFormSecret({ oidc }: KoaContextWithOIDC): unknown {
  const state: unknown = oidc.session?.state;
  return typeof state === 'object' && state !== null && 'secret' in state
    ? state.secret
    : undefined;
}

/**
 * Validates client metadata by oidc-provider's rules without storing it.
 * @throws OIDCProviderError
 */
export async function validateClientMetadata(provider: Provider, metadata: object): Promise<void> {
  // The published types omit this static method.
  const model = provider.Client as unknown as { validate(metadata: object): Promise<void> };
  await model.validate(metadata);
}

/** The host that identifies the sector of a client with pairwise subject identifiers. */
export function sectorOf(client: Client): string {
  // The published types omit the property, which throws for a client without a sector.
  return String((client as { sectorIdentifier?: string }).sectorIdentifier);
}

/** oidc-provider's key store of a client, fetched from its `jwks_uri` if it has one. */
export interface KeyStore {
  readonly jwksUri: string | undefined;
  /** In seconds since 1970, for keys from a `jwks_uri`. */
  freshUntil?: number;
  fresh(): boolean;
  refresh(): Promise<void>;
  selectForVerify(header: { alg: string; kid?: string | undefined }): JWK[];
}

export function keyStoreOf(client: Client): KeyStore | undefined {
  // The published types omit it.
  return (client as { asymmetricKeyStore?: KeyStore }).asymmetricKeyStore;
}

/** The keys with which oidc-provider itself would verify an assertion of the client. */
export async function verificationKeys(
  client: Client,
  header: { alg: string; kid?: string | undefined },
): Promise<JWK[]> {
  const store = keyStoreOf(client);
  await store?.refresh();
  const known = store?.selectForVerify(header) ?? [];
  if (known.length > 0 || !store || store.fresh()) return known;
  // The key id is unknown, and client-keys.ts has marked the keys as stale.
  await store.refresh();
  return store.selectForVerify(header);
}

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';

export interface LogoutTokenClaims {
  readonly sub: string;
  readonly jti: string;
  readonly sid: string | undefined;
}

/** Signs a logout token (OpenID Connect Back-Channel Logout 1.0 §2.4), valid for two minutes. */
export async function issueLogoutToken(
  provider: Provider,
  client: Client,
  { sub, jti, sid }: LogoutTokenClaims,
): Promise<string> {
  const token = new provider.IdToken({ sub }, { client });
  token.mask = { sub: null };
  token.set('events', { [logoutEvent]: {} });
  token.set('jti', jti);
  if (sid !== undefined) token.set('sid', sid);
  return token.issue({ use: 'logout' });
}

/** Stores the result from which oidc-provider continues when the browser returns. */
export async function saveInteractionResult(
  interaction: Awaited<ReturnType<Provider['interactionDetails']>>,
  result: InteractionResults,
  lifetimeSeconds: number,
): Promise<void> {
  interaction.result = result;
  await interaction.save(lifetimeSeconds);
}

/**
 * The claims of an ID token that this server signed, even if it has expired; `undefined` for anything else.
 */
export async function readOwnIdToken(
  provider: Provider,
  idToken: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  // The published types omit this static method.
  const model = provider.IdToken as unknown as {
    validate(jwt: string, client: Client): Promise<{ payload: Record<string, unknown> }>;
  };
  try {
    const client = await provider.Client.find(String(decodeJwt(idToken).aud));
    return client && (await model.validate(idToken, client)).payload;
  } catch {
    return undefined;
  }
}

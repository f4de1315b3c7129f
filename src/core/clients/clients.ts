// What an app (a client) and an API (a resource) are. The rules of RFC 7591 metadata belong to the
// engine and to oidc/clients; this file only says what is remembered.

/** A relying party. */
export interface Client {
  readonly clientId: string;
  /** SHA-256 of a generated secret, base64url; `undefined` for public and key-based clients. */
  readonly secretHash: string | undefined;
  /** Belongs to the operator: consent is not asked. */
  readonly firstParty: boolean;
  /** Audiences whose tokens this client may introspect. */
  readonly resources: readonly string[];
  /** RFC 7591 members as on the wire, without the secret. */
  readonly metadata: Record<string, unknown>;
  readonly disabledAt: Date | undefined;
  /** Nothing issued to the client before this instant is accepted. */
  readonly notBefore: Date | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What a new client is made from. */
export type NewClient = Pick<
  Client,
  'clientId' | 'secretHash' | 'firstParty' | 'resources' | 'metadata' | 'createdAt'
>;

export type AccessTokenFormat = 'opaque' | 'jwt';

/** An API that access tokens are made for (RFC 8707). */
export interface ApiResource {
  /** Absolute URI, the resource indicator. */
  readonly audience: string;
  readonly scopes: readonly string[];
  readonly accessTokenFormat: AccessTokenFormat;
  /** `undefined`: the general setting. */
  readonly accessTokenSeconds: number | undefined;
}

// Types of a client and of an API resource. oidc-provider and oidc/clients validate the RFC 7591
// metadata.

import type { DetailType } from './authorization-details/detail-types.ts';

/** An OAuth client (relying party). */
export interface Client {
  readonly clientId: string;
  /** SHA-256 of a generated secret, base64url; `undefined` for public and key-based clients. */
  readonly secretHash: string | undefined;
  /** The secret before the last rotation, if it stays valid for a while. */
  readonly previousSecret?: PreviousSecret | undefined;
  /** Operated by the operator of this server: no consent is requested. */
  readonly firstParty: boolean;
  /** Audiences of the tokens that this client may introspect. */
  readonly resources: readonly string[];
  /** RFC 7591 members as on the wire, without the secret. */
  readonly metadata: Record<string, unknown>;
  /** `undefined`: every user may sign in. */
  readonly access?: ClientAccess | undefined;
  /** `undefined`: an operator registered the client. */
  readonly origin?: ClientOrigin | undefined;
  readonly disabledAt: Date | undefined;
  /** Nothing issued to the client before this instant is accepted. */
  readonly notBefore: Date | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/**
 * How a client that no operator registered came to exist: by dynamic registration (RFC 7591), or by a
 * client_id that is the URL of its metadata.
 */
export type ClientOrigin = 'registration' | 'document';

/**
 * Longest overlap of two secrets: the previous one may have leaked, and an unfinished rotation must not keep
 * it valid.
 */
export const maxSecretOverlapSeconds = 30 * 24 * 60 * 60;

export interface PreviousSecret {
  readonly hash: string;
  readonly expiresAt: Date;
}

/** The members of a client that operators can change. */
export type ClientValues = Pick<
  Client,
  'secretHash' | 'previousSecret' | 'firstParty' | 'resources' | 'metadata'
>;

/** Data of a new client. */
export type NewClient = Pick<
  Client,
  'clientId' | 'secretHash' | 'firstParty' | 'resources' | 'metadata' | 'origin' | 'createdAt'
>;

export type AccessTokenFormat = 'opaque' | 'jwt';

/** A protected API, the audience of access tokens (RFC 8707). */
export interface ApiResource {
  /** Absolute URI, the resource indicator. */
  readonly audience: string;
  readonly scopes: readonly string[];
  readonly accessTokenFormat: AccessTokenFormat;
  /** `undefined`: the value of ACCESS_TOKEN_SECONDS applies. */
  readonly accessTokenSeconds: number | undefined;
  /** True: a token for a user contains only the scopes that the user's roles permit. */
  readonly requiresPermission?: boolean | undefined;
  /** The types of authorization details that the API defines (RFC 9396). */
  readonly detailTypes?: readonly DetailType[] | undefined;
  /** True: JWT access tokens are listed in a status list, so that a revocation reaches the API. */
  readonly revocable?: boolean | undefined;
}

/** Ids of roles, groups and organizations whose users may sign in to a client. */
export interface ClientAccess {
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  readonly organizations: readonly string[];
}

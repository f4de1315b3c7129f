// The options of a resource server, the requirements of a route, and the content of a valid token.
import type { CryptoKey } from 'jose';

/** The part of a request that the decision depends on; a `Request` has it. */
export interface RequestFacts {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
}

/** What a route requires of the token. */
export interface Requirements {
  /** All of these scopes. */
  readonly scopes?: readonly string[];
  /** One of these authentication contexts (RFC 9470). */
  readonly acrValues?: readonly string[];
  /** The maximum age of the user's authentication (RFC 9470). */
  readonly maxAgeSeconds?: number;
}

/** The certificate of the client's TLS connection, as PEM or DER; `undefined` without one. */
export type ClientCertificate = string | Uint8Array | undefined;

/** Requirements, and how to get the client certificate from the framework's request (RFC 8705). */
export interface Protection<Native> extends Requirements {
  readonly clientCertificate?: (request: Native) => ClientCertificate;
}

/** The content of a valid token. */
export interface Auth {
  /** The user, or the client if no user is involved. */
  readonly subject: string;
  readonly clientId: string;
  readonly scopes: ReadonlySet<string>;
  readonly expiresAt: Date;
  readonly acr: string | undefined;
  readonly authenticatedAt: Date | undefined;
  /** The party that acts for the subject (RFC 8693 §4.1). */
  readonly actor: Readonly<Record<string, unknown>> | undefined;
  /** All claims of the token, or all members of the introspection response. */
  readonly claims: Readonly<Record<string, unknown>>;
}

export interface IntrospectionOptions {
  readonly clientId: string;
  /** Exactly one of `clientSecret` (client_secret_basic) and `privateKey` (private_key_jwt). */
  readonly clientSecret?: string;
  readonly privateKey?: { readonly key: CryptoKey; readonly alg: string; readonly kid?: string };
  /** Introspects JWTs as well, so that a revocation takes effect at once. Default: `false`. */
  readonly includeJwts?: boolean;
  /**
   * How long a response is cached, never beyond the expiry of the token. Default: 1; 0 disables the cache.
   */
  readonly cacheSeconds?: number;
  /** Default: 10 000. The least recently used entry is dropped. */
  readonly cacheEntries?: number;
}

/**
 * Remembers proofs. `claim` returns true once per key until `expiresAt`, across all processes that share it.
 */
export interface ProofReplays {
  claim(key: string, expiresAt: Date): boolean | Promise<boolean>;
}

export interface DpopOptions {
  /** Refuses every token that is not bound to a DPoP key. Default: `false`. */
  readonly required?: boolean;
  /** Default: ES256, EdDSA, Ed25519. */
  readonly algorithms?: readonly string[];
  /** The maximum age of a proof. Default: 60. */
  readonly maxAgeSeconds?: number;
  /** At least 32 random bytes, the same in all processes: proofs must then contain a nonce of this API. */
  readonly nonceSecret?: Uint8Array;
  /** Default: the memory of the process. Several processes need a shared store. */
  readonly replays?: ProofReplays;
  /** Limit of the default store; further proofs are answered with 503. Default: 100 000. */
  readonly replayEntries?: number;
}

export interface StatusListOptions {
  /** The maximum age of a list, even if its own `ttl` is greater. Default: 60. */
  readonly maxAgeSeconds?: number;
  /** How much longer a list is used while the provider does not respond. Default: 0. */
  readonly staleSeconds?: number;
}

export interface ResourceServerOptions {
  /** The issuer identifier of the provider: https, or http on the local machine. */
  readonly issuer: string;
  /** The audience that this API is registered with; also its resource identifier (RFC 9728). */
  readonly audience: string;
  /**
   * The public URL of the API, with the path that a proxy removes. DPoP proofs name it; no header of a
   * request decides it. Default: the origin of the audience.
   */
  readonly baseUrl?: string;
  /** Signature algorithms of access tokens. Default: ES256, PS256, RS256, EdDSA, Ed25519. */
  readonly algorithms?: readonly string[];
  /** Accepted difference between clocks. Default: 10. */
  readonly clockToleranceSeconds?: number;
  readonly introspection?: IntrospectionOptions;
  readonly dpop?: DpopOptions;
  readonly statusLists?: StatusListOptions;
  /** Members of the protected resource metadata, besides those known from the other options. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** How long the keys of the provider are used. An unknown key is looked up earlier. Default: 600. */
  readonly keysMaxAgeSeconds?: number;
  /** The minimum time between two look-ups of unknown keys. Default: 30. */
  readonly keysCooldownSeconds?: number;
  /** How long a request to the provider may take. Default: 5. */
  readonly timeoutSeconds?: number;
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  readonly now?: () => Date;
  /** Called with the reason for a refusal or failure, which clients are not told. */
  readonly onProblem?: (problem: Error) => void;
}

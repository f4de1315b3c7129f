// The public keys of issuers whose JWTs authenticate clients. They are fetched when a JWT needs them,
// kept for some minutes, and fetched again when a JWT names a key that is not among them.
import { createRemoteJWKSet, customFetch, errors as joseErrors, type JWTVerifyGetKey } from 'jose';
import { requireLongKey } from '#platform/crypto/verification-keys.ts';
import type { OutboundFetch } from '#platform/outbound/outbound-fetch.ts';
import type { FederatedCredential } from './federated-credentials.ts';

const keySetMilliseconds = 10 * 60 * 1000;
/** An attacker who invents key ids causes at most one request in this time. */
const cooldownMilliseconds = 30 * 1000;
const timeoutMilliseconds = 5000;
/** Operators register the issuers, so there are few. */
const maxIssuers = 200;

export interface IssuerKeyDependencies {
  readonly fetch: OutboundFetch;
  readonly now: () => Date;
}

interface Entry {
  readonly keys: Promise<ReturnType<typeof createRemoteJWKSet>>;
  /** The time at which the discovery document is read again. */
  readonly until: number;
}

/** The keys of an issuer cannot be fetched. */
export class IssuerUnavailable extends Error {}

export function createIssuerKeys({ fetch, now }: IssuerKeyDependencies) {
  const known = new Map<string, Entry>();

  async function discover(issuer: string): Promise<URL> {
    const path = '/.well-known/openid-configuration';
    const url = `${issuer.replace(/\/$/, '')}${path}`;
    const signal = AbortSignal.timeout(timeoutMilliseconds);
    const response = await fetch(url, { headers: { accept: 'application/json' }, signal });
    if (response.status !== 200) throw new TypeError(`${url} answered ${response.status}`);
    const document: unknown = await response.json();
    const { issuer: named, jwks_uri: address }: Record<string, unknown> = Object(document);
    if (named !== issuer) throw new TypeError(`${url} names another issuer`);
    return new URL(String(address));
  }

  async function open({ issuer, jwks_uri: address }: FederatedCredential) {
    const url = address === undefined ? await discover(issuer) : new URL(address);
    return createRemoteJWKSet(url, {
      cacheMaxAge: keySetMilliseconds,
      cooldownDuration: cooldownMilliseconds,
      timeoutDuration: timeoutMilliseconds,
      [customFetch]: (target: string, { headers, signal }) => fetch(target, { headers, signal }),
    });
  }

  function entryOf(credential: FederatedCredential): Entry {
    const key = JSON.stringify([credential.issuer, credential.jwks_uri]);
    const found = known.get(key);
    if (found && found.until > now().getTime()) return found;
    if (known.size >= maxIssuers) known.clear();
    const entry = { keys: open(credential), until: now().getTime() + keySetMilliseconds };
    // A failure is not cached.
    entry.keys.catch(() => known.delete(key));
    known.set(key, entry);
    return entry;
  }

  /** Selects the key that a JWT names. It throws IssuerUnavailable, or JOSEError if there is no such key. */
  return function keysOf(credential: FederatedCredential): JWTVerifyGetKey {
    return async (header, token) => {
      try {
        const select = await entryOf(credential).keys;
        return requireLongKey(await select(header, token));
      } catch (cause) {
        if (isMismatch(cause)) throw cause;
        throw new IssuerUnavailable('the keys of the issuer cannot be fetched', { cause });
      }
    };
  };
}

export type IssuerKeys = ReturnType<typeof createIssuerKeys>;

/** The issuer responded, and the key is not among its keys. */
function isMismatch(error: unknown): boolean {
  return (
    error instanceof joseErrors.JWKSNoMatchingKey ||
    error instanceof joseErrors.JWKSMultipleMatchingKeys ||
    error instanceof joseErrors.JOSENotSupported
  );
}

// Pending authorization requests to identity providers. A request is valid once, for ten minutes,
// in the browser that started it and for the provider to which it was sent. The authenticated
// identity is kept for another ten minutes, for the page that asks the user how to proceed.
import {
  readProvenIdentity,
  type PendingIdentity,
  type ProvenIdentity,
} from '#core/users/external-identity.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import { randomToken, sha256Text } from '#platform/crypto/hashing.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';
import { createUpstreamStates } from './upstream/upstream-state.ts';

/** Lifetime of a request and of an authenticated identity, in seconds. */
const lifeSeconds = 10 * 60;
/** Lifetime of a One Tap request, in seconds: that of the sign-in page. */
const tapLifeSeconds = 60 * 60;

export type UpstreamPurpose =
  /** Sign-in for an interaction, or, without one, to the account pages. */
  | {
      readonly kind: 'sign-in';
      readonly interaction: string | undefined;
      /** Whether the session outlives the browser. */
      readonly stays: boolean;
    }
  /** A signed-in user links an identity or reauthenticates. */
  | { readonly kind: 'link' | 'confirm'; readonly sessionUid: string; readonly back: string };

/** An authenticated identity whose sign-in is not complete. */
export interface PendingSignIn extends PendingIdentity {
  readonly stays: boolean;
}

export interface UpstreamRequest {
  readonly providerId: string;
  readonly purpose: UpstreamPurpose;
  readonly nonce: string;
  readonly verifier: string;
  readonly maxAgeSeconds: number | undefined;
  readonly askedAt: Date;
}

export type NewUpstreamRequest = Pick<UpstreamRequest, 'providerId' | 'purpose' | 'maxAgeSeconds'>;

export interface UpstreamRequestDependencies {
  readonly store: ShortLivedStore;
  readonly keyring: Keyring;
  readonly now: () => Date;
}

const wellFormedNonce = /^[\w-]{43}$/;

export function createUpstreamRequests({ store, keyring, now }: UpstreamRequestDependencies) {
  const states = createUpstreamStates(keyring);

  async function keep(
    token: string,
    upstreamRequest: UpstreamRequest,
    browser: string,
    life: number,
  ): Promise<void> {
    const entry = {
      ...upstreamRequest,
      askedAt: upstreamRequest.askedAt.getTime(),
      browser: sha256Text(browser),
    };
    await store.put('ProviderTrip', token, entry, life);
  }

  async function find(token: string, providerId: string, browser: string) {
    const entry = await store.get('ProviderTrip', token);
    const isTheirs =
      entry && entry['providerId'] === providerId && entry['browser'] === sha256Text(browser);
    return isTheirs ? entry : undefined;
  }

  /** Consumes the request; `isFirst` is true for exactly one caller. */
  async function take(token: string, providerId: string, browser: string) {
    const entry = await find(token, providerId, browser);
    if (!entry) return { upstreamRequest: undefined, isFirst: false };
    const isFirst = await store.consume('ProviderTrip', token, now());
    return { upstreamRequest: upstreamRequestOf(entry), isFirst };
  }

  return {
    /** @param browser the secret cookie value of the browser */
    async begin(
      upstreamRequest: NewUpstreamRequest,
      browser: string,
    ): Promise<UpstreamRequest & { readonly state: string }> {
      const token = randomToken();
      const begun = {
        ...upstreamRequest,
        nonce: randomToken(),
        verifier: randomToken(),
        askedAt: now(),
      };
      await keep(token, begun, browser, lifeSeconds);
      return { ...begun, state: states.seal(token, upstreamRequest.providerId) };
    },
    /**
     * Finds the request to which a response belongs. `isFirst` is false if a response has been
     * handled before. `upstreamRequest` is undefined if the request is unknown, expired or from another
     * browser.
     */
    async end(state: string, providerId: string, browser: string) {
      const token = states.open(state, providerId);
      if (token === undefined) return { upstreamRequest: undefined, isFirst: false };
      return take(token, providerId, browser);
    },
    /**
     * Starts a One Tap request, whose ID token reaches the page directly; its nonce identifies it.
     */
    async beginTap(
      upstreamRequest: Omit<NewUpstreamRequest, 'maxAgeSeconds'>,
      browser: string,
    ): Promise<string> {
      const nonce = randomToken();
      const begun = {
        ...upstreamRequest,
        nonce,
        verifier: '',
        maxAgeSeconds: undefined,
        askedAt: now(),
      };
      await keep(nonce, begun, browser, tapLifeSeconds);
      return nonce;
    },
    async endTap(nonce: string, providerId: string, browser: string) {
      if (!wellFormedNonce.test(nonce)) return { upstreamRequest: undefined, isFirst: false };
      return take(nonce, providerId, browser);
    },
    /**
     * Stores an authenticated identity for the next page in this browser.
     * @param place the uid of an interaction, or the name of the account flow
     */
    async keepProven(
      identity: ProvenIdentity & { readonly stays: boolean },
      browser: string,
      place: string,
    ): Promise<void> {
      const entry = { ...identity, at: identity.at.getTime(), provenAt: now().getTime() };
      await store.put('ProvenIdentity', `${browser} ${place}`, entry, lifeSeconds);
    },
    async findProven(browser: string, place: string): Promise<PendingSignIn | undefined> {
      const entry = await store.get('ProvenIdentity', `${browser} ${place}`);
      return entry && { ...readProvenIdentity(entry), stays: entry['stays'] !== false };
    },
    dropProven: (browser: string, place: string): Promise<void> =>
      store.remove('ProvenIdentity', `${browser} ${place}`),
  };
}

export type UpstreamRequests = ReturnType<typeof createUpstreamRequests>;

/** Reads a stored request; only this file writes such entries. */
function upstreamRequestOf(entry: Record<string, unknown>): UpstreamRequest {
  const maxAge = entry['maxAgeSeconds'];
  return {
    providerId: String(entry['providerId']),
    // The assertion holds because keep() wrote the entry.
    purpose: entry['purpose'] as UpstreamPurpose,
    nonce: String(entry['nonce']),
    verifier: String(entry['verifier']),
    maxAgeSeconds: typeof maxAge === 'number' ? maxAge : undefined,
    askedAt: new Date(Number(entry['askedAt'])),
  };
}

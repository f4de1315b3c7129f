// The way to a provider and back: what was asked, for whom, in which browser. A trip is good once, for
// ten minutes, in the browser that began it, and for the provider it went to; what it proved is kept
// a little longer for the page that asks what to do with it.
import { createHmac } from 'node:crypto';
import type { ProvenIdentity } from './identities.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import { equalBytes, randomToken, sha256Text } from '#platform/crypto/hashing.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';

/** How long somebody may stay at the provider, and then look at our page. */
const lifeSeconds = 10 * 60;
/** One Tap waits on the sign-in page for as long as that is good. */
const tapLifeSeconds = 60 * 60;

export type TripPurpose =
  /** Of an interaction, or to one's own account. */
  | { readonly kind: 'sign-in'; readonly interaction: string | undefined }
  /** By whoever is signed in: one more way in, or a fresh proof. */
  | { readonly kind: 'link' | 'confirm'; readonly sessionUid: string; readonly back: string };

export interface Trip {
  readonly providerId: string;
  readonly purpose: TripPurpose;
  readonly nonce: string;
  readonly verifier: string;
  readonly maxAgeSeconds: number | undefined;
  readonly askedAt: Date;
}

export type NewTrip = Pick<Trip, 'providerId' | 'purpose' | 'maxAgeSeconds'>;

export interface ProviderTripDependencies {
  readonly store: ShortLivedStore;
  readonly keyring: Keyring;
  readonly now: () => Date;
}

const wellFormedState = /^([\w-]{43})\.([\w-]{43})$/;
const wellFormedNonce = /^[\w-]{43}$/;

export function createProviderTrips({ store, keyring, now }: ProviderTripDependencies) {
  const keys = keyring.derive('provider state');

  function sign(key: Buffer, token: string, providerId: string): string {
    return createHmac('sha256', key).update(`${providerId}\n${token}`).digest('base64url');
  }

  /** `undefined`: we did not sign it, or for another provider. */
  function openState(state: string, providerId: string): string | undefined {
    const [, token = '', mac = ''] = wellFormedState.exec(state) ?? [];
    return keys.some((key) => equalBytes(mac, sign(key, token, providerId))) ? token : undefined;
  }

  async function keep(token: string, trip: Trip, browser: string, life: number): Promise<void> {
    const entry = { ...trip, askedAt: trip.askedAt.getTime(), browser: sha256Text(browser) };
    await store.put('ProviderTrip', token, entry, life);
  }

  async function find(token: string, providerId: string, browser: string) {
    const entry = await store.get('ProviderTrip', token);
    const isTheirs =
      entry && entry['providerId'] === providerId && entry['browser'] === sha256Text(browser);
    return isTheirs ? entry : undefined;
  }

  /** Good for exactly one caller. */
  async function take(token: string, providerId: string, browser: string) {
    const entry = await find(token, providerId, browser);
    if (!entry) return { trip: undefined, isFirst: false };
    const isFirst = await store.consume('ProviderTrip', token, now());
    return { trip: tripOf(entry), isFirst };
  }

  return {
    /** @param browser a secret of this browser */
    async begin(trip: NewTrip, browser: string): Promise<Trip & { readonly state: string }> {
      const token = randomToken();
      const begun = { ...trip, nonce: randomToken(), verifier: randomToken(), askedAt: now() };
      await keep(token, begun, browser, lifeSeconds);
      const [key] = keys;
      if (!key) throw new TypeError('the key ring is empty');
      return { ...begun, state: `${token}.${sign(key, token, trip.providerId)}` };
    },
    /**
     * What the provider's answer belongs to; without `isFirst` it has been answered before. No trip:
     * we did not begin it, or not in this browser, or it is over.
     */
    async end(state: string, providerId: string, browser: string) {
      const token = openState(state, providerId);
      if (token === undefined) return { trip: undefined, isFirst: false };
      return take(token, providerId, browser);
    },
    /** For an ID token that the provider hands to the page itself: found again by its nonce. */
    async beginTap(trip: Omit<NewTrip, 'maxAgeSeconds'>, browser: string): Promise<string> {
      const nonce = randomToken();
      const begun = { ...trip, nonce, verifier: '', maxAgeSeconds: undefined, askedAt: now() };
      await keep(nonce, begun, browser, tapLifeSeconds);
      return nonce;
    },
    async endTap(nonce: string, providerId: string, browser: string) {
      if (!wellFormedNonce.test(nonce)) return { trip: undefined, isFirst: false };
      return take(nonce, providerId, browser);
    },
    /** What was proven, for the next page in this browser. @param place an interaction, or our own pages */
    async keepProven(identity: ProvenIdentity, browser: string, place: string): Promise<void> {
      const entry = { ...identity, at: identity.at.getTime(), provenAt: now().getTime() };
      await store.put('ProvenIdentity', `${browser} ${place}`, entry, lifeSeconds);
    },
    async findProven(browser: string, place: string): Promise<KeptIdentity | undefined> {
      const entry = await store.get('ProvenIdentity', `${browser} ${place}`);
      return entry && readProven(entry);
    },
    dropProven: (browser: string, place: string): Promise<void> =>
      store.remove('ProvenIdentity', `${browser} ${place}`),
  };
}

export type ProviderTrips = ReturnType<typeof createProviderTrips>;

export interface KeptIdentity extends ProvenIdentity {
  /** When it came back from the provider. */
  readonly provenAt: Date;
}

/** As it was kept: nothing but this file writes it. */
function tripOf(entry: Record<string, unknown>): Trip {
  const maxAge = entry['maxAgeSeconds'];
  return {
    providerId: String(entry['providerId']),
    // True because keep() wrote it.
    purpose: entry['purpose'] as TripPurpose,
    nonce: String(entry['nonce']),
    verifier: String(entry['verifier']),
    maxAgeSeconds: typeof maxAge === 'number' ? maxAge : undefined,
    askedAt: new Date(Number(entry['askedAt'])),
  };
}

/** As keepProven wrote it, or registering in its own record. */
export function readProven(entry: Readonly<Record<string, unknown>>): KeptIdentity {
  const text = (name: string) => (typeof entry[name] === 'string' ? entry[name] : undefined);
  return {
    providerId: text('providerId') ?? '',
    issuer: text('issuer') ?? '',
    subject: text('subject') ?? '',
    email: text('email'),
    emailTrusted: entry['emailTrusted'] === true,
    name: text('name'),
    at: new Date(Number(entry['at'])),
    provenAt: new Date(Number(entry['provenAt'] ?? entry['at'])),
  };
}

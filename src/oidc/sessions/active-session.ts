// The active session of a browser and its parked ones: reads and writes the cookies, and activates a parked
// session. The actions of the user are in browser-accounts.ts.
import { randomToken, sha256 } from '#platform/crypto/hashing.ts';
import type { RequestDeviceSlot } from '#platform/request/request-device.ts';
import type { Config } from '#config/config.ts';
import type { Context } from '#http/context.ts';
import type {
  LiveSession,
  ParkedSessionStore,
} from '#core/sessions/parked/parked-sessions.store.ts';
import type { Sessions } from '#core/sessions/sessions.service.ts';
import { maxParked, type AccountCookie, type ParkedAccount } from './account-cookie.ts';
import { ownCookie } from '#platform/request/own-cookie.ts';

export type CookieContext = Pick<Context, 'cookies'>;

export interface Dependencies {
  readonly config: Pick<Config, 'issuerUrl'>;
  readonly accountCookie: AccountCookie;
  readonly parkedSessions: ParkedSessionStore;
  readonly sessions: Sessions;
  readonly requestDevice: RequestDeviceSlot;
  readonly now: () => Date;
}

export function cookieOf({ config }: Dependencies) {
  const { name, attributes } = ownCookie(config.issuerUrl);
  return { name, attributes: { ...attributes, signed: true } };
}

export function activeIdOf(
  dependencies: Dependencies,
  { cookies }: CookieContext,
): string | undefined {
  return cookies.get(cookieOf(dependencies).name, { signed: true });
}

/** Without a device cookie, no session belongs to this browser. */
export async function findLive(
  { parkedSessions, requestDevice, now }: Dependencies,
  accounts: readonly Pick<ParkedAccount, 'id'>[],
): Promise<ReadonlyMap<string, LiveSession>> {
  const device = requestDevice.get()?.readId();
  if (device === undefined || accounts.length === 0) return new Map();
  return parkedSessions.find(
    accounts.map(({ id }) => id),
    sha256(device),
    now(),
  );
}

/** The active session of this browser, as an entry of the cookie. */
export async function readActive(
  dependencies: Dependencies,
  ctx: CookieContext,
): Promise<ParkedAccount | undefined> {
  const id = activeIdOf(dependencies, ctx);
  if (id === undefined) return undefined;
  const session = (await findLive(dependencies, [{ id }])).get(id);
  return session && { ...shown(session), id, transient: session.transient };
}

export async function takeOver(
  { parkedSessions, requestDevice, now }: Dependencies,
  { id }: ParkedAccount,
): Promise<{ readonly session: LiveSession; readonly newId: string } | undefined> {
  const device = requestDevice.get()?.readId();
  if (device === undefined) return undefined;
  const newId = randomToken();
  const session = await parkedSessions.takeOver({ id, newId, deviceId: sha256(device) }, now());
  return session && { session, newId };
}

/** Sets the cookie of the activated session; if there is none, removes the cookie of the parked session. */
export function setActive(
  dependencies: Dependencies,
  { cookies }: CookieContext,
  taken: { readonly session: LiveSession; readonly newId: string } | undefined,
): void {
  const { name, attributes } = cookieOf(dependencies);
  if (!taken) return void cookies.set(name, null, attributes);
  const { transient, expiresAt } = taken.session;
  cookies.set(name, taken.newId, transient ? attributes : { ...attributes, expires: expiresAt });
  return undefined;
}

export async function endParked(
  dependencies: Dependencies,
  accounts: readonly ParkedAccount[],
): Promise<void> {
  const live = await findLive(dependencies, accounts);
  for (const { id } of accounts) {
    if (live.has(id)) await dependencies.sessions.end(id);
  }
}

/** Stores the list. A session that no longer fits is ended, because no browser could use it any more. */
export async function keep(
  dependencies: Dependencies,
  ctx: CookieContext,
  accounts: readonly ParkedAccount[],
): Promise<void> {
  await endParked(dependencies, accounts.slice(maxParked));
  dependencies.accountCookie.write(ctx, accounts);
}

export function shown({ uid, userId, email, name }: LiveSession | ParkedAccount) {
  return { uid, userId, email, name };
}

// Several accounts in one browser. oidc-provider knows one session per browser: the active one,
// whose cookie is sent. This module parks it and activates another one (docs/decisions/0025).
import type { LiveSession } from '#core/sessions/parked/parked-sessions.store.ts';
import type { ParkedAccount } from './account-cookie.ts';
import {
  activeIdOf,
  cookieOf,
  endParked,
  findLive,
  keep,
  readActive,
  setActive,
  shown,
  takeOver,
  type CookieContext,
  type Dependencies,
} from './active-session.ts';

export type { CookieContext };

/** An account as a page lists it. */
export interface BrowserAccount {
  /** The `uid` of its session. */
  readonly uid: string;
  readonly userId: string;
  readonly email: string;
  readonly name: string | undefined;
  /** `signed-out` if its session has ended, so choosing the account requires a sign-in. */
  readonly state: 'active' | 'parked' | 'signed-out';
}

/** Identifies a session by `sub` and `sid` of the client's ID token. */
export interface HintedSession {
  /** `undefined` if the `sub` is pairwise: the random `sid` alone then identifies the session. */
  readonly userId: unknown;
  readonly clientId: string;
  readonly sid: unknown;
}

export function createBrowserAccounts(dependencies: Dependencies) {
  const { accountCookie, sessions } = dependencies;

  return {
    /** True if other accounts may be signed in; needs no lookup. */
    mayHaveOthers: (ctx: CookieContext): boolean => accountCookie.isPresent(ctx),
    /** The other accounts that are signed in. */
    async others(ctx: CookieContext): Promise<readonly LiveSession[]> {
      const parked = accountCookie.read(ctx);
      return [...(await findLive(dependencies, parked)).values()];
    },
    list: (ctx: CookieContext): Promise<readonly BrowserAccount[]> =>
      listAccounts(dependencies, ctx),
    /**
     * Parks the active session if it belongs to another user than the one who signs in, and
     * activates the user's own parked session if there is one.
     * @returns the activated session
     */
    makeWay: (ctx: CookieContext, userId: string): Promise<LiveSession | undefined> =>
      makeWay(dependencies, ctx, userId),
    /**
     * Called before a new session replaces the cookie: parks the session of another user, or ends the user's
     * own.
     */
    replaceActive: (ctx: CookieContext, userId: string): Promise<void> =>
      replaceActive(dependencies, ctx, userId),
    /** Activates a session of this browser; `undefined` if it is no longer live. */
    activate: (ctx: CookieContext, uid: string): Promise<LiveSession | undefined> =>
      activate(dependencies, ctx, uid),
    /** The account whose session this browser uses; never that of an impersonation. */
    active: (ctx: CookieContext): Promise<BrowserAccount | undefined> =>
      findActiveAccount(dependencies, ctx),
    /** Parks the active session, and activates that of the new impersonation. */
    async parkFor(ctx: CookieContext, impersonationSessionId: string): Promise<void> {
      const active = await readActive(dependencies, ctx);
      const parked = accountCookie.read(ctx);
      if (active) await keep(dependencies, ctx, parkedAfter(parked, active.userId, active));
      const { name, attributes } = cookieOf(dependencies);
      ctx.cookies.set(name, impersonationSessionId, attributes);
    },
    /** Signs the account out and removes it from the list. False if it is not parked here. */
    async remove(ctx: CookieContext, uid: string): Promise<boolean> {
      const parked = accountCookie.read(ctx);
      const account = parked.find((each) => each.uid === uid);
      if (!account) return false;
      await endParked(dependencies, [account]);
      accountCookie.write(ctx, without(parked, account));
      return true;
    },
    /** Signs every parked account out and clears the list. */
    async removeAll(ctx: CookieContext): Promise<void> {
      await endParked(dependencies, accountCookie.read(ctx));
      accountCookie.write(ctx, []);
    },
    /** Signs every account out, including the active one. */
    async endAll(ctx: CookieContext): Promise<void> {
      const { name, attributes } = cookieOf(dependencies);
      const id = activeIdOf(dependencies, ctx);
      if (id !== undefined) await sessions.end(id);
      ctx.cookies.set(name, null, attributes);
      await endParked(dependencies, accountCookie.read(ctx));
      accountCookie.write(ctx, []);
    },
    /** Ends only the parked session that the client means. False if there is none. */
    async endHinted(ctx: CookieContext, hint: HintedSession): Promise<boolean> {
      const parked = accountCookie.read(ctx);
      const live = await findLive(dependencies, parked);
      const account = parked.find(({ id }) => isHinted(live.get(id), hint));
      if (!account) return false;
      await sessions.end(account.id, hint.clientId);
      accountCookie.write(ctx, without(parked, account));
      return true;
    },
  };
}

export type BrowserAccounts = ReturnType<typeof createBrowserAccounts>;

async function listAccounts(
  dependencies: Dependencies,
  ctx: CookieContext,
): Promise<readonly BrowserAccount[]> {
  const parked = dependencies.accountCookie.read(ctx);
  const activeId = activeIdOf(dependencies, ctx);
  const ids = activeId === undefined ? parked : [{ id: activeId }, ...parked];
  const live = await findLive(dependencies, ids);
  const active = activeId === undefined ? undefined : live.get(activeId);
  const others = parked.filter(({ userId }) => userId !== active?.userId);
  return [
    ...(active ? [{ ...shown(active), state: 'active' as const }] : []),
    ...others.map((each): BrowserAccount => {
      const session = live.get(each.id);
      return session
        ? { ...shown(session), state: 'parked' }
        : { ...shown(each), state: 'signed-out' };
    }),
  ];
}

async function findActiveAccount(
  dependencies: Dependencies,
  ctx: CookieContext,
): Promise<BrowserAccount | undefined> {
  const active = await readActive(dependencies, ctx);
  return active && { ...shown(active), state: 'active' };
}

async function makeWay(
  dependencies: Dependencies,
  ctx: CookieContext,
  userId: string,
): Promise<LiveSession | undefined> {
  const active = await readActive(dependencies, ctx);
  if (active?.userId === userId) return undefined;
  const parked = dependencies.accountCookie.read(ctx);
  const own = parked.find((each) => each.userId === userId);
  const taken = own && (await takeOver(dependencies, own));
  await keep(dependencies, ctx, parkedAfter(parked, userId, active));
  if (taken ?? active) setActive(dependencies, ctx, taken);
  return taken?.session;
}

async function replaceActive(
  dependencies: Dependencies,
  ctx: CookieContext,
  userId: string,
): Promise<void> {
  const { accountCookie, sessions } = dependencies;
  const active = await readActive(dependencies, ctx);
  const id = activeIdOf(dependencies, ctx);
  const parked = accountCookie.read(ctx);
  await endParked(
    dependencies,
    parked.filter((each) => each.userId === userId),
  );
  const isOther = active !== undefined && active.userId !== userId;
  if (id !== undefined && !isOther) await sessions.end(id);
  await keep(dependencies, ctx, parkedAfter(parked, userId, isOther ? active : undefined));
}

async function activate(
  dependencies: Dependencies,
  ctx: CookieContext,
  uid: string,
): Promise<LiveSession | undefined> {
  const { accountCookie } = dependencies;
  const parked = accountCookie.read(ctx);
  const account = parked.find((each) => each.uid === uid);
  const active = await readActive(dependencies, ctx);
  const taken = account && (await takeOver(dependencies, account));
  if (!taken) return undefined;
  accountCookie.write(ctx, parkedAfter(parked, taken.session.userId, active));
  setActive(dependencies, ctx, taken);
  return taken.session;
}

/** The list after `userId` has become active and `active` has been parked. */
function parkedAfter(
  parked: readonly ParkedAccount[],
  userId: string,
  active: ParkedAccount | undefined,
): readonly ParkedAccount[] {
  const others = parked.filter((each) => each.userId !== userId && each.userId !== active?.userId);
  return active ? [active, ...others] : others;
}

function without(parked: readonly ParkedAccount[], account: ParkedAccount) {
  return parked.filter((each) => each !== account);
}

function isHinted(session: LiveSession | undefined, hint: HintedSession): boolean {
  if (session === undefined) return false;
  if (hint.userId !== undefined && session.userId !== hint.userId) return false;
  const sid = new Map(Object.entries(session.authorizations)).get(hint.clientId)?.sid;
  return sid !== undefined && sid === hint.sid;
}

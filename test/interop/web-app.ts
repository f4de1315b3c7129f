// Drives a web application with a server, whatever its language. It responds at `/sign-in` and
// `/sign-out` with redirects, at `/` with the claims of the ID token, at `/userinfo` and
// `/refresh` with current claims as JSON, and with 401 without a session; `WebAppRoutes` names
// other paths.
import assert from 'node:assert/strict';
import { describe, type Page } from '#test/support/actors/cookie-browser.ts';
import { waitForHttp } from './ports.ts';
import type { Trial } from './relying-party.ts';
import { createVisitor, type Visitor } from './visitor.ts';

export interface WebApp {
  readonly url: string;
  readonly output: () => string;
  readonly routes?: Partial<WebAppRoutes>;
  /** The member that contains the subject; `sub` by default. */
  readonly subject?: string;
  /** The application also returns the profile claims of the ID token at `/`. */
  readonly hasProfileAtHome?: boolean;
  /** The library relies on PKCE alone, as RFC 9700 §2.1 permits. */
  readonly ignoresState?: boolean;
}

/** A step is skipped if its route is `undefined`. */
export interface WebAppRoutes {
  readonly home: string;
  readonly signIn: string;
  readonly userinfo: string | undefined;
  readonly refresh: string | undefined;
  readonly signOut: string | undefined;
}

const usualRoutes: WebAppRoutes = {
  home: '/',
  signIn: '/sign-in',
  userinfo: '/userinfo',
  refresh: '/refresh',
  signOut: '/sign-out',
};

export async function driveWebApp(trial: Trial, app: WebApp): Promise<void> {
  const routes = { ...usualRoutes, ...app.routes };
  await waitForHttp(new URL(routes.home, app.url), app.output);
  try {
    await walk(trial, app, routes);
    await (app.ignoresState ? refuseForeignCode : refuseWrongState)(trial, app, routes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason} | output: ${app.output()}`, { cause: error });
  }
}

async function walk(trial: Trial, app: WebApp, routes: WebAppRoutes): Promise<void> {
  const { user, passed } = trial;
  const visitor = createVisitor(trial.closing, trial.provider.issuer, app.url);
  const subject = app.subject ?? 'sub';

  await visitor.signInAt(routes.signIn, user);
  assert.equal(claimsOf(await visitor.app(routes.home))[subject], user.id);
  passed('sign-in');
  if (app.hasProfileAtHome) {
    assert.equal(claimsOf(await visitor.app(routes.home))['email'], user.email);
    passed('profile in the ID token');
  }
  if (routes.userinfo !== undefined) {
    assert.equal(claimsOf(await visitor.app(routes.userinfo))['email'], user.email);
    passed('userinfo');
  }
  if (routes.refresh !== undefined) {
    assert.equal(claimsOf(await visitor.app(routes.refresh))[subject], user.id);
    assert.equal(claimsOf(await visitor.app(routes.refresh))[subject], user.id);
    passed('refresh');
  }
  if (routes.signOut !== undefined) {
    await signOut(visitor, routes, routes.signOut);
    passed('logout');
  }
}

/** Afterwards neither the application nor the provider has a session of the user. */
async function signOut(visitor: Visitor, routes: WebAppRoutes, path: string): Promise<void> {
  await visitor.signOut(await visitor.app(path));
  const home = await visitor.app(routes.home);
  assert.ok(!isSignedIn(home), `The application still has a session: ${describe(home)}`);
  const next = await visitor.provider(await visitor.app(routes.signIn));
  assert.ok(next.has('sign-in'), `The provider still has a session: ${describe(next)}`);
}

/** RFC 9700 §4.7: a response that does not belong to a request of this browser must be rejected. */
async function refuseWrongState(trial: Trial, app: WebApp, routes: WebAppRoutes): Promise<void> {
  const visitor = createVisitor(trial.closing, trial.provider.issuer, app.url);
  const callback = await visitor.signIn(await visitor.app(routes.signIn), trial.user);
  const state = callback.searchParams.get('state') ?? '';
  callback.searchParams.set('state', `${state.slice(1)}${state.slice(0, 1)}x`);
  const refused = await visitor.app(callback.href);
  assert.ok(refused.left || refused.status >= 400, `Not refused: ${describe(refused)}`);
  assert.ok(!isSignedIn(await visitor.app(routes.home)), 'A wrong state was accepted.');
  trial.passed('wrong state refused');
}

/**
 * The same for an application that relies on PKCE alone: the code of one browser is presented in
 * another.
 */
async function refuseForeignCode(trial: Trial, app: WebApp, routes: WebAppRoutes): Promise<void> {
  const create = () => createVisitor(trial.closing, trial.provider.issuer, app.url);
  const [attacker, victim] = [create(), create()];
  const callback = await attacker.signIn(await attacker.app(routes.signIn), trial.user);
  await victim.app(routes.signIn);
  await victim.app(callback.href);
  assert.ok(
    !isSignedIn(await victim.app(routes.home)),
    'The code of another browser was accepted.',
  );
  trial.passed('foreign code refused');
}

function isSignedIn(page: Page): boolean {
  return !page.left && page.status === 200;
}

/** Returns the JSON document that the application shows to a signed-in user. */
export function claimsOf(page: Page): Readonly<Record<string, unknown>> {
  if (!isSignedIn(page)) throw new Error(`No claims: ${describe(page)}`);
  return Object(JSON.parse(page.html));
}

// The requests of a round. Each is prepared in advance, so that only its last step, which verifies
// or consumes something, is sent at the planned moment.
import assert from 'node:assert/strict';
import type { Browser, Page } from '#test/support/actors/cookie-browser.ts';
import { offline } from '#test/support/data/outcomes.ts';
import { answerWith, ask } from '#test/support/steps/passkeys.ts';
import type { Pending } from '#test/support/actors/relying-party.ts';
import type { App, Origin, Source } from './credentials.ts';
import { callbackOf, signIn, type Setup, type Subject } from './subjects.ts';
import type { RaceEnvironment } from './environment.ts';

export type RequestKind = Exclude<
  Source,
  'preparation' | 'the revocation itself' | 'sign-in after the revocation'
>;

export interface PlannedRequest {
  readonly kind: RequestKind;
  readonly node: 0 | 1;
  readonly atMilliseconds: number;
  /** Chooses one of two variants. */
  readonly isFirstWay: boolean;
  /** True if a code is redeemed at once and not after the revocation. */
  readonly redeems: boolean;
  /** Counts the requests of this kind in the round. */
  readonly number: number;
}

/** Sends the last step. */
export type Send = () => Promise<void>;

interface Making {
  readonly world: RaceEnvironment;
  readonly subject: Subject;
  readonly planned: PlannedRequest;
}

const preparers: Readonly<Record<RequestKind, (making: Making) => Promise<Send>>> = {
  'password sign-in': preparePasswordSignIn,
  'password sign-in for a client': prepareAppSignIn,
  'email code sign-in': prepareEmailCode,
  'second factor': prepareSecondFactor,
  'passkey sign-in': preparePasskey,
  authorization: prepareAuthorization,
  redemption: prepareRedemption,
  refresh: prepareRefresh,
  'consent answer': prepareConsent,
};

/** A new email invalidates the one before it. */
const oneMail: readonly RequestKind[] = ['email code sign-in'];
const signInsOf: Readonly<Record<Setup, readonly RequestKind[]>> = {
  password: ['password sign-in', 'password sign-in', 'password sign-in', ...forApp()],
  'email code': ['password sign-in', 'password sign-in', ...oneMail, ...forApp()],
  'second factor': ['second factor', 'second factor', 'second factor', 'second factor'],
  passkey: ['password sign-in', 'passkey sign-in', 'passkey sign-in', ...forApp()],
};

function forApp(): readonly RequestKind[] {
  return ['password sign-in for a client', 'password sign-in for a client'];
}

/** The requests of a round with that setup; each redemption and refresh has a token of its own. */
export function kindsFor(setup: Setup): readonly RequestKind[] {
  return [
    ...signInsOf[setup],
    ...repeat('authorization', 4),
    ...repeat('consent answer', 10),
    ...spent,
  ];
}

const spent: readonly RequestKind[] = ['redemption', 'redemption', 'refresh', 'refresh'];

function repeat(kind: RequestKind, times: number): readonly RequestKind[] {
  return Array.from({ length: times }, () => kind);
}

export function prepare(making: Making): Promise<Send> {
  return preparers[making.planned.kind](making);
}

function originOf({ kind, number }: PlannedRequest): Origin {
  return { source: kind, begunAt: performance.now(), session: `${kind} ${number}` };
}

function noteSession({ subject }: Making, origin: Origin, browser: Browser, page: Page): void {
  const isIn = page.url.pathname === '/auth/account' || page.left;
  subject.collection.session(origin, browser, !isIn || page.url.searchParams.has('error'));
}

async function preparePasswordSignIn(making: Making): Promise<Send> {
  const { world, subject, planned } = making;
  const browser = world.browser(planned.node);
  const page = await world.hasty(browser, planned.node).open('/auth/sign-in');
  return async () => {
    const origin = originOf(planned);
    noteSession(making, origin, browser, await signIn(page, subject.person, []));
  };
}

async function prepareAppSignIn(making: Making): Promise<Send> {
  const { world, subject, planned } = making;
  const { target } = subject;
  const browser = world.browser(planned.node);
  const pending = await target.at[planned.node].request({ scope: 'openid' });
  const page = await world.hasty(browser, planned.node).open(pending.url);
  return async () => {
    const origin = originOf(planned);
    const answer = await signIn(page, subject.person, []);
    noteSession(making, origin, browser, answer);
    await receive(making, { origin, app: target, pending, page: answer, isOffline: false });
  };
}

async function prepareEmailCode(making: Making): Promise<Send> {
  const { world, subject, planned } = making;
  const browser = world.browser(planned.node);
  const start = await world.hasty(browser, planned.node).open('/auth/sign-in/mail');
  const page = await start.press('continue', { email: subject.person.email });
  const text = await world.mailTo(subject.person.email, /\/auth\/sign-in\/mail\//);
  const [code = ''] = /(?<=^ {4})\d{6}$/m.exec(text) ?? [];
  return async () => {
    const origin = originOf(planned);
    noteSession(making, origin, browser, await page.press('verify', { code }));
  };
}

async function prepareSecondFactor(making: Making): Promise<Send> {
  const { world, subject, planned } = making;
  const { email, password } = subject.person;
  const browser = world.browser(planned.node);
  const page = await world.hasty(browser, planned.node).open('/auth/sign-in');
  const code = subject.recoveryCodes.pop() ?? '';
  if (planned.isFirstWay) {
    const second = await page.press('sign-in', { login: email, password });
    return async () => {
      // The password was verified earlier; the code does not make that verification more recent.
      const origin = { ...originOf(planned), begunAt: 0 };
      noteSession(making, origin, browser, await second.press('verify', { code }));
    };
  }
  return async () => {
    const origin = originOf(planned);
    noteSession(making, origin, browser, await signIn(page, subject.person, [code]));
  };
}

async function preparePasskey(making: Making): Promise<Send> {
  const { world, subject, planned } = making;
  const browser = world.browser(planned.node);
  const page = await world.hasty(browser, planned.node).open('/auth/sign-in');
  const place = { issuer: world.issuer, send: world.sends[planned.node], browser: () => browser };
  const options = await ask(place, browser, page);
  return async () => {
    const answer = subject.device?.get(options) ?? '';
    const origin = originOf(planned);
    noteSession(making, origin, browser, await answerWith(page, answer));
  };
}

/** To the target client with remembered consent, or to the first-party client without consent. */
async function prepareAuthorization(making: Making): Promise<Send> {
  const { world, subject, planned } = making;
  const app = planned.isFirstWay ? subject.target : subject.bystander;
  const isHeld = planned.number % 3 === 0;
  const browser = (isHeld ? subject.held : subject.idle).copy();
  const pending = await app.at[planned.node].request({ scope: 'openid' });
  const session = isHeld ? 'held' : 'idle';
  return async () => {
    const page = await world.hasty(browser, planned.node).open(pending.url);
    const origin: Origin = { source: 'authorization', begunAt: 0, session };
    await receive(making, { origin, app, pending, page, isOffline: false });
  };
}

async function prepareRedemption({ subject, planned }: Making): Promise<Send> {
  const code = subject.codes[planned.number % subject.codes.length];
  if (!code) throw new TypeError('The subject has no codes left.');
  subject.collection.forgetCode(code.callback.code);
  return async () => {
    const answer = await code.app.at[planned.node].tryExchange(code.callback);
    const origin: Origin = { ...code.origin, source: 'redemption' };
    subject.collection.tokens(origin, code.app, answer, code.isOffline);
  };
}

/** Several consecutive rotations. */
async function prepareRefresh({ subject, planned }: Making): Promise<Send> {
  const family = subject.families[planned.number % subject.families.length];
  if (!family) throw new TypeError('The subject has no refresh tokens left.');
  return async () => {
    for (let turn = 0; turn < 3; turn += 1) {
      const rp = family.app.at[turn % 2 === 0 ? planned.node : 0];
      subject.collection.rotated(family, await rp.tryRefresh(family.refreshToken));
    }
  };
}

/** In a signed-in browser, or (every sixth time) directly after a separate sign-in. */
async function prepareConsent(making: Making): Promise<Send> {
  const { world, subject, planned } = making;
  const { held, idle, target, bystander, person, recoveryCodes } = subject;
  const isOwn = planned.number % 6 === 5;
  const app = planned.number % 2 === 0 ? bystander : target;
  const known = planned.isFirstWay ? held : idle;
  const browser = isOwn ? world.browser(planned.node) : known;
  const pending = await app.at[planned.node].request(offline);
  let page = await browser.through(world.sends[planned.node]).open(pending.url);
  if (page.has('sign-in')) page = await signIn(page, person, recoveryCodes);
  assert.ok(page.has('allow'), page.text);
  const session = isOwn
    ? `${planned.kind} ${planned.number}`
    : planned.isFirstWay
      ? 'held'
      : 'idle';
  const origin: Origin = { source: 'consent answer', begunAt: 0, session };
  const opened = page;
  if (planned.number % 6 === 4) {
    const callback = (answered: Page) => callbackOf(app, pending, answered);
    subject.collection.interaction(origin, app, opened, callback);
    return async () => undefined;
  }
  const denies = isOwn && planned.isFirstWay;
  return async () => {
    const answer = await opened.press(denies ? 'deny' : 'allow');
    if (isOwn) noteSession(making, origin, browser, answer);
    await receive(making, { origin, app, pending, page: answer, isOffline: true });
  };
}

interface Arrival {
  readonly origin: Origin;
  readonly app: App;
  readonly pending: Pending;
  readonly page: Page;
  readonly isOffline: boolean;
}

/** If the browser has returned to the client, keeps or redeems the code. */
async function receive({ subject, planned }: Making, arrival: Arrival): Promise<void> {
  const { origin, app, pending, page, isOffline } = arrival;
  if (!page.left || !page.url.searchParams.has('code')) return;
  const code = { app, origin, isOffline, callback: callbackOf(app, pending, page) };
  if (!planned.redeems) return subject.collection.code(code);
  const answer = await app.at[planned.node].tryExchange(code.callback);
  subject.collection.tokens(origin, app, answer, isOffline);
}

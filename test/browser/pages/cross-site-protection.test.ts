// Protection of the pages against other sites, other users and planted cookies, as the browser
// enforces it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page, Response } from 'playwright-core';
import type { Person } from '#test/support/actors/relying-party.ts';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import {
  allow,
  backAtApp,
  leaveAccount,
  seeError,
  seeHeading,
  seeNobodyIn,
  signIn,
} from '#test/support/browser/steps.ts';
import { startClientApp } from '#test/support/browser/client-app.ts';

const evil = 'http://evil.example/';

describeInBrowser('browser security', {}, ({ app, visit }) => {
  const at = (path: string) => `${app().issuer}${path}`;

  describe('every page', () => {
    it('allows only its own scripts and styles, no framing and no caching', async (t) => {
      const tiny = await startClientApp(t, app());
      const person = await app().createUser();
      const { page } = await visit(t);
      const answers: Response[] = [];
      page.on('response', (answer) => answers.push(answer));

      await goEverywhere(page, { at, signInUrl: tiny.signInUrl(), person });

      const pages = answers.filter((each) => isPage(each, app().issuer));
      for (const each of pages) assertGuarded(each.headers(), each.url());
      assert.deepEqual([...new Set(pages.map(describePage))].toSorted(), [
        '200 /',
        '200 /auth/account',
        '200 /auth/interaction/:id',
        '200 /auth/interaction/:id/register',
        '200 /auth/playground',
        '200 /auth/register',
        '200 /auth/sign-in',
        '200 /oauth2/logout',
        '200 /oauth2/logout/success',
        '400 /auth/interaction/:id',
        '400 /oauth2/authorize',
        '404 /auth/nothing',
        '422 /auth/interaction/:id/sign-in',
      ]);
    });

    it('cannot be framed', async (t) => {
      const tiny = await startClientApp(t, app());
      const { page, forgive } = await visit(t);
      const failures: string[] = [];
      page.on('requestfailed', (request) => failures.push(request.failure()?.errorText ?? ''));

      await page.goto(`${tiny.url}/?frame=${tiny.url}/`);
      assert.equal(page.frame('prey')?.url(), `${tiny.url}/`);
      await page.goto(`${tiny.url}/?frame=${at('/auth/sign-in')}`);

      assert.deepEqual(failures, ['net::ERR_BLOCKED_BY_RESPONSE']);
      const isOurs = page.frames().some((each) => each.url().startsWith(app().issuer));
      assert.equal(isOurs, false);
      forgive(/^error: Framing .* violates .* "frame-ancestors 'none'"/);
    });

    it('sends no Referer to the client', async (t) => {
      const tiny = await startClientApp(t, app(), { first_party: true });
      const person = await app().createUser();
      const { page } = await visit(t);
      await page.goto(tiny.signInUrl());

      const isAnswer = (url: string) => url.startsWith(`${tiny.url}/callback`);
      const [request] = await Promise.all([
        page.waitForRequest((each) => isAnswer(each.url())),
        signIn(page, person),
      ]);

      assert.equal(await request.headerValue('referer'), null);
    });
  });

  describe('form', () => {
    it('is refused when another site submits it with valid values', async (t) => {
      const person = await app().createUser();
      const { page, context } = await visit(t);
      await page.goto(at('/auth/sign-in'));
      const token = await page.inputValue('input[name=form_token]');
      await context.route(evil, (route) =>
        route.fulfill({
          contentType: 'text/html',
          body: `<form method="post" action="${at('/auth/sign-in')}">
            <input name="form_token" value="${token}"><input name="login" value="${person.email}">
            <input name="password" value="${person.password}"><button>Win a prize</button></form>`,
        }),
      );
      await page.goto(evil);

      const [answer] = await Promise.all([page.waitForNavigation(), page.click('button')]);

      assert.equal(answer?.status(), 403);
      await seeError(page, 'cross_site');
      await seeNobodyIn(page, app().issuer);
    });

    it('is refused without its CSRF token, with a foreign one, or cross-site', async (t) => {
      const tiny = await startClientApp(t, app());
      const { password } = await app().createUser();
      const email = 'mallory@example.org';
      const services = app().services;
      const setupLink = (await services.setup.issueLink()) ?? '';
      const [{ page }, { page: other }] = [await visit(t), await visit(t)];

      for (const [address, button] of [
        [at('/auth/sign-in'), '#sign-in'],
        [at('/auth/register'), '#register'],
        [setupLink, '#register'],
        [tiny.signInUrl(), '#sign-in'],
        [tiny.signInUrl(), '#cancel'],
      ] as const) {
        await other.goto(address);
        await page.goto(address);
        await assertGuardedForm({ page, other, button, fields: { email, password } });
      }

      assert.equal(await services.users.findByEmailKey(email), undefined);
      assert.equal(await services.roles.countOf('admin'), 0);
      assert.deepEqual(tiny.answers, []);
    });

    it('is protected alike for consent and sign-out', async (t) => {
      const tiny = await startClientApp(t, app());
      const person = await app().createUser();
      const [{ page, context }, { page: other }] = [await visit(t), await visit(t)];
      for (const each of [page, other]) {
        await each.goto(tiny.signInUrl());
        await signIn(each, person);
        await each.waitForSelector('#allow');
      }

      const fields = { decision: 'allow' };
      await assertGuardedForm({ page, other, button: '#allow', fields });
      await assertGuardedForm({ page, other, button: '#switch', fields: {} });
      const { clientId } = tiny.rp.app;
      assert.equal(await app().services.consents.find(person.id, clientId), undefined);
      await allow(page);
      await backAtApp(page);
      await page.goto(at('/oauth2/logout'));
      const form = { xsrf: 'made-up', logout: 'yes' };
      const answer = await context.request.post(at('/oauth2/logout/confirm'), { form });

      assert.equal(answer.status(), 400);
      await page.goto(at('/auth/account'));
      await seeHeading(page, 'Your account');
    });
  });
});

interface GuardedForm {
  readonly page: Page;
  /** The same page in another browser. */
  readonly other: Page;
  readonly button: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Submits the form with that button in every way in which the page itself would not. */
async function assertGuardedForm({ page, other, button, fields }: GuardedForm): Promise<void> {
  const form = `form:has(${button})`;
  const action = new URL((await page.getAttribute(form, 'action')) ?? '', page.url()).href;
  const field = `${form} input[name=form_token]`;
  const token = { form_token: await page.inputValue(field) };
  const foreign = { form_token: await other.inputValue(field) };

  for (const [hidden, headers] of [
    [{}, {}],
    [foreign, {}],
    [token, { origin: 'http://evil.example' }],
    [token, { origin: 'null' }],
    [token, { 'sec-fetch-site': 'cross-site' }],
    [token, { 'sec-fetch-site': 'same-site' }],
  ] as const) {
    const sent = { form: { ...fields, ...hidden }, headers };
    const answer = await page.context().request.post(action, sent);
    const what = `${action} ${button} ${JSON.stringify(headers)}`;
    assert.equal(answer.status(), 403, what);
  }
}

interface Places {
  readonly at: (path: string) => string;
  readonly signInUrl: string;
  readonly person: Person;
}

/** Visits every kind of page once. */
async function goEverywhere(page: Page, { at, signInUrl, person }: Places): Promise<void> {
  for (const path of [
    '/',
    '/auth/register',
    '/auth/sign-in',
    '/auth/playground',
    '/auth/nothing',
  ]) {
    await page.goto(at(path));
  }
  await page.goto(`${signInUrl}&redirect_uri=https://elsewhere.example`);
  await page.goto(signInUrl);
  await page.goto(`${page.url()}/register`);
  await page.goto(signInUrl);
  await signIn(page, { ...person, password: 'not the right one' });
  await page.waitForSelector('[role=alert]');
  await signIn(page, person);
  await allow(page);
  await backAtApp(page);
  await page.goBack();
  await page.goto(at('/auth/account'));
  await leaveAccount(page);
  await page.click('#sign-out');
  await page.waitForSelector('#signed-out');
}

/** Only what a browser displays: redirects also have a body, which is never displayed. */
function isPage(answer: Response, issuer: string): boolean {
  const isHtml = answer.headers()['content-type']?.startsWith('text/html') === true;
  return isHtml && answer.url().startsWith(issuer) && Math.floor(answer.status() / 100) !== 3;
}

function describePage(answer: Response): string {
  const path = new URL(answer.url()).pathname.replaceAll(/[\w-]{43}/g, ':id');
  return `${answer.status()} ${path}`;
}

function assertGuarded(headers: Readonly<Record<string, string>>, path: string): void {
  const policy = headers['content-security-policy'] ?? '';
  assert.match(policy, /default-src 'none'/, path);
  assert.match(policy, /frame-ancestors 'none'/, path);
  assert.match(policy, /base-uri 'none'/, path);
  assert.doesNotMatch(policy, /unsafe|\*/, path);
  assert.equal(headers['x-frame-options'], 'DENY', path);
  assert.equal(headers['x-content-type-options'], 'nosniff', path);
  assert.equal(headers['referrer-policy'], 'same-origin', path);
  assert.match(headers['cache-control'] ?? '', /no-store/, path);
  assert.match(headers['permissions-policy'] ?? '', /camera=\(\)/, path);
  assert.ok(headers['x-request-id'], path);
  assert.equal(headers['server'] ?? headers['x-powered-by'], undefined, path);
}

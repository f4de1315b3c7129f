// oidc-client-ts (npm) in Chromium: a public client in a page of another origin.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { findFreePorts } from '#test/support/services/free-ports.ts';
import { installNodeApp } from './node-app.ts';
import { findChromium } from '#test/support/services/programs.ts';
import type { RelyingParty, Trial } from './relying-party.ts';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
];
const patienceMilliseconds = 30_000;

interface SignedIn {
  readonly profile: Readonly<Record<string, unknown>>;
  readonly accessToken: string;
}

export const oidcClientTs: RelyingParty = {
  name: 'oidc-client-ts',
  needs: ['chromium'],
  install: (place) => installNodeApp(place, 'oidc-client-ts', 'oidc-client-ts'),

  async drive(trial) {
    const url = await startApp(trial);
    const executablePath = findChromium();
    if (executablePath === undefined) throw new Error('Chromium is not installed.');
    const browser = await chromium.launch({ executablePath, args: flags });
    trial.closing.after(() => browser.close());
    const context = await browser.newContext({ locale: 'en-GB' });
    context.setDefaultTimeout(patienceMilliseconds);
    const page = await context.newPage();
    await walk(trial, page, url);
    await refuseWrongState(trial, page, url);
  },
};

async function walk({ user, passed }: Trial, page: Page, url: string): Promise<void> {
  await signIn(page, url, user);
  const first = await call<SignedIn>(page, 'finish', page.url());
  assert.equal(first.profile['sub'], user.id);
  passed('sign-in');
  assert.equal(first.profile['email'], user.email);
  passed('userinfo');
  const second = await call<SignedIn>(page, 'renew');
  assert.notEqual(second.accessToken, first.accessToken);
  const third = await call<SignedIn>(page, 'renew');
  assert.notEqual(third.accessToken, second.accessToken);
  passed('refresh');
  await call(page, 'revoke');
  passed('revocation');
  await begin(page, 'signOut');
  await page.waitForURL(`${url}/signed-out*`);
  passed('logout');
}

async function refuseWrongState(trial: Trial, page: Page, url: string): Promise<void> {
  await signIn(page, url, trial.user);
  const altered = new URL(page.url());
  altered.searchParams.set('state', `${altered.searchParams.get('state')}x`);
  await assert.rejects(call(page, 'finish', altered.href), /state/i);
  trial.passed('wrong state refused');
}

/** Completes the hosted pages until the browser is back at the application with a response. */
async function signIn(page: Page, url: string, user: Trial['user']): Promise<void> {
  await page.goto(url);
  await begin(page, 'signIn');
  await page.waitForSelector('#sign-in');
  await page.fill('[name=login]', user.email);
  await page.fill('[name=password]', user.password);
  await page.click('#sign-in');
  const settled = `location.origin === '${url}' ? 'no' : document.querySelector('#allow') && 'yes'`;
  const asked = await page.waitForFunction<unknown>(settled);
  if ((await asked.jsonValue()) === 'yes') await page.click('#allow');
  await page.waitForURL(`${url}/?*`);
  await ready(page);
}

/** The call navigates away, so its result cannot be awaited. */
async function begin(page: Page, name: string): Promise<void> {
  await ready(page);
  await page.evaluate((key) => void Reflect.get(globalThis, 'app')[key](), name);
}

async function call<Result>(page: Page, name: string, argument?: string): Promise<Result> {
  await ready(page);
  return page.evaluate(
    ([key = '', value]) => Reflect.get(globalThis, 'app')[key](value),
    [name, argument],
  );
}

async function ready(page: Page): Promise<void> {
  await page.waitForFunction(() => 'app' in globalThis);
}

/** Serves the page and the library, and registers the client. */
async function startApp({ directory, provider, closing }: Trial): Promise<string> {
  const [port = 0] = await findFreePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const { clientId } = await provider.createClient('oidc-client-ts', {
    redirect_uris: [`${url}/`],
    post_logout_redirect_uris: [`${url}/signed-out`],
  });
  const library = 'node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js';
  const script = 'text/javascript';
  const html = await readFile(join(directory, 'index.html'));
  const files = new Map<string, readonly [type: string, content: Buffer | string]>([
    ['/app.mjs', [script, await readFile(join(directory, 'app.mjs'))]],
    ['/oidc-client-ts.js', [script, await readFile(join(directory, library))]],
    ['/settings.json', ['application/json', settingsOf(provider.issuer, clientId)]],
  ]);
  const server = createServer((req, res) => {
    const { pathname } = new URL(req.url ?? '/', url);
    const [type, content] = files.get(pathname) ?? ['text/html', html];
    res.writeHead(200, { 'content-type': type }).end(content);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  closing.after(async () => server.close().closeAllConnections());
  return url;
}

function settingsOf(authority: string, clientId: string): string {
  return JSON.stringify({ authority, client_id: clientId });
}

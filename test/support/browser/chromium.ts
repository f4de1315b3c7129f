// A real browser for the application. Every test gets a new profile and fails when a page causes a
// blocked script or style, an uncaught error, a dialog, a response with status 500 or a request to
// another host.
import assert from 'node:assert/strict';
import { after, before, describe, type TestContext } from 'node:test';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import type { CleanUp } from '#test/support/services/databases.ts';
import { collectWorks, startTestApp, type AppOptions, type TestApp } from '#test/support/app.ts';
import { findChromium } from '#test/support/services/programs.ts';
import { announceSuite } from './process-browser.ts';
import { startTlsProxy } from './tls-proxy.ts';

export interface Visit {
  readonly context: BrowserContext;
  readonly page: Page;
  /**
   * For a test that provokes the browser: it must report a matching problem, which is then
   * allowed.
   */
  forgive(complaint: RegExp): void;
}

export interface StageOptions extends AppOptions {
  /** Uses https, with the cookies and headers that require it. */
  readonly behindTls?: boolean;
}

export interface BrowserSuite {
  readonly app: () => TestApp;
  /** Creates a browser with an empty profile, in English by default. */
  visit(t: TestContext, options?: BrowserContextOptions): Promise<Visit>;
}

const patienceMilliseconds = 15_000;

/** Declares a suite with an application of its own, and a browser; skipped without Chromium. */
export function describeInBrowser(
  rule: string,
  options: StageOptions,
  suite: (stage: BrowserSuite) => void,
): void {
  const executablePath = findChromium();
  if (!executablePath) return void describe(rule, { skip: 'Chromium is not installed.' });
  const browser = announceSuite(executablePath);
  describe(rule, () => {
    const works = collectWorks();
    const late: { app?: TestApp; browser?: Browser } = {};
    before(async () => {
      works.after(browser.release);
      const launching = browser.launch();
      // If the application does not start, that is the error of the suite.
      launching.catch(() => undefined);
      late.app = await startApp(works, options);
      late.browser = await launching;
    });
    after(works.run);
    const app = () => present(late.app);
    suite({
      app,
      async visit(t, profile = {}) {
        const usual = { locale: 'en-GB', ignoreHTTPSErrors: options.behindTls === true };
        const context = await present(late.browser).newContext({ ...usual, ...profile });
        context.setDefaultTimeout(patienceMilliseconds);
        const complaints = listen(context, app().issuer);
        t.after(async () => {
          // Missing from the type definitions of Node.
          const { passed } = t as TestContext & { readonly passed?: boolean };
          if (!passed) await report(t, context.pages());
          await context.close();
          assert.deepEqual(complaints, [], 'The browser reported problems on the pages.');
        });
        return {
          context,
          page: await context.newPage(),
          forgive(complaint) {
            assert.match(complaints.splice(0).join('\n'), complaint);
          },
        };
      },
    });
  });
}

async function startApp(works: CleanUp, options: StageOptions): Promise<TestApp> {
  if (!options.behindTls) return startTestApp(works, options);
  const front = await startTlsProxy(works);
  const settings = { ...options.settings, ISSUER: front.issuer };
  const app = await startTestApp(works, { ...options, settings });
  front.leadTo(app.send);
  return app;
}

function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('The browser is available only while tests run.');
  return value;
}

const expected = [
  // Many tests provoke responses with status 400 and above.
  'Failed to load resource',
  // The browser reports this when a user types before autofocus applies.
  'Autofocus processing was blocked because a document already has a focused element',
];

/** Problems that no page may cause. */
function listen(context: BrowserContext, issuer: string): string[] {
  const complaints: string[] = [];
  const isOurs = (url: string) => url.startsWith(`${issuer}/`);
  context.on('console', (message) => {
    const text = message.text().trim();
    if (!expected.some((words) => text.startsWith(words))) {
      complaints.push(`${message.type()}: ${text}`);
    }
  });
  context.on('weberror', (error) => complaints.push(String(error.error())));
  context.on('dialog', async (dialog) => {
    complaints.push(`unexpected dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  context.on('response', (response) => {
    if (isOurs(response.url()) && response.status() >= 500) {
      complaints.push(`${response.status()} ${response.url()}`);
    }
  });
  context.on('request', (request) => {
    if (request.isNavigationRequest() || !isOurs(request.frame().url())) return;
    const isAllowed = isOurs(request.url()) || request.resourceType() === 'image';
    if (!isAllowed) complaints.push(`unexpected request to ${request.url()}`);
  });
  return complaints;
}

/** Writes the pages of a failed test to the output. */
async function report(t: TestContext, pages: readonly Page[]): Promise<void> {
  for (const page of pages) {
    const text = await page.innerText('body').catch(String);
    t.diagnostic(`${page.url()}: ${text.replaceAll(/\s+/g, ' ').slice(0, 500)}`);
  }
}

// Pages that send email respond identically and without delay if the mail server is unavailable.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { startTestApp } from '#test/support/app.ts';
import type { Browser, Page } from '#test/support/actors/cookie-browser.ts';
import { bareAnswer } from '#test/support/data/comparable-pages.ts';

async function register(browser: Browser, email: string): Promise<Page> {
  const form = await browser.open('/auth/register');
  return form.press('register', { email, password: 'a passphrase of unrelated words' });
}

async function ask(browser: Browser, email: string): Promise<Page> {
  const page = await browser.open('/auth/recover');
  return page.press('recover', { email });
}

describe('registration and recovery without a working mail server', () => {
  for (const state of ['unreachable', 'silent'] as const) {
    it(`respond alike for known and unknown addresses if the server is ${state}`, async (t) => {
      const server = await startSilentServer(t);
      const port = state === 'unreachable' ? 1 : server;
      const app = await startTestApp(t, { settings: { SMTP_URL: `smtp://127.0.0.1:${port}` } });
      const known = await app.createUser();
      const stop = new AbortController();
      const running = app.services.outboxWorker.runForever(stop.signal);

      const shown = new Set<string>();
      for (const email of [known.email, 'nobody.yet@example.com']) {
        const started = performance.now();
        const page = await register(app.browser(), email);
        const asked = await ask(app.browser(), email);
        shown.add(await bareAnswer(page, email));
        shown.add(await bareAnswer(asked, email));
        assert.ok(performance.now() - started < 2000);
      }

      assert.equal(shown.size, 2);
      stop.abort();
      await running;
    });
  }
});

/** Accepts connections but never responds. */
async function startSilentServer(t: TestContext): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => void sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port; // A server that listens on TCP has an AddressInfo.
}

// Pages that cause a mail while no mail server takes it: they say the same, and as soon as ever.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { startTestApp } from '#test/app.ts';
import type { Browser, Page } from '#test/roles/cookie-browser.ts';
import { bareAnswer } from '#test/stage/nonces.ts';

async function register(browser: Browser, email: string): Promise<Page> {
  const form = await browser.open('/auth/register');
  return form.press('register', { email, password: 'words that nobody else puts together' });
}

async function ask(browser: Browser, email: string): Promise<Page> {
  const page = await browser.open('/auth/recover');
  return page.press('recover', { email });
}

describe('a mail server that is away, or takes a mail and says nothing (F24)', () => {
  for (const state of ['away', 'silent'] as const) {
    it(`is no affair of the page: ${state}`, async (t) => {
      const server = await startSilentServer(t);
      const port = state === 'away' ? 1 : server;
      const app = await startTestApp(t, { settings: { SMTP_URL: `smtp://127.0.0.1:${port}` } });
      const known = await app.aPerson();
      const stop = new AbortController();
      const running = app.installation.services.delivery.runForever(stop.signal);

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

/** Takes connections, and never says a word. */
async function startSilentServer(t: TestContext): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => void sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port; // it listens on a port
}

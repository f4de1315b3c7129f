// The complete application in this process, over HTTP, and an administrator in the panel.
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from '#server/app.ts';
import { createHttpServer } from '#server/http-server.ts';
import { openServices, type Services } from '#server/composition.ts';
import { readConfig } from '#config/config.ts';
import type { Log } from '#platform/logging/log.ts';
import { createBrowser, type Page } from '#test/support/actors/cookie-browser.ts';
import { createHttpClient } from '#test/support/actors/http-client.ts';
import type { CleanUp } from '#test/support/services/databases.ts';

export interface MeasuredApp {
  readonly services: Services;
  /** Returns a function that opens a path below `/auth/admin`. */
  signInToPanel(user: {
    email: string;
    password: string;
  }): Promise<(path: string) => Promise<Page>>;
}

export interface MeasuredStores {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly log: Log;
  /** 32 bytes for encryption and for cookies. */
  readonly key: Buffer;
}

export async function startMeasuredApp(
  t: CleanUp,
  { databaseUrl, redisUrl, log, key }: MeasuredStores,
): Promise<MeasuredApp> {
  const listener: { handle?: RequestListener } = {};
  const server = createHttpServer((req, res) => listener.handle?.(req, res));
  t.after(async () => server.close().closeAllConnections());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a port, not on a pipe
  const issuer = `http://127.0.0.1:${port}`;
  const config = readConfig({
    ISSUER: issuer,
    PORT: String(port),
    NODE_ENV: 'test',
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    WORKERS: '1',
    RATE_LIMITS: 'off',
    LOG_LEVEL: 'silent',
    ENCRYPTION_KEYS: `bench:${key.toString('base64')}`,
    COOKIE_KEYS: key.toString('base64url'),
  });
  const services = await openServices({ config, log, now: () => new Date() });
  t.after(() => services.close());
  const handle = (await createApp({ services, isStopping: () => false })).callback();
  listener.handle = (req, res) => void handle(req, res);
  const send = createHttpClient(t, issuer, port);
  return {
    services,
    async signInToPanel({ email: login, password }) {
      const browser = createBrowser(send, issuer);
      const signIn = await browser.open('/auth/admin');
      await signIn.press('sign-in', { login, password });
      return (path) => browser.open(`/auth/admin${path}`);
    },
  };
}

// oauth2-proxy (Go module) in front of an application that sees only its headers.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { installGoProgram } from './go.ts';
import { findFreePorts } from '#test/support/services/free-ports.ts';
import type { Client } from './provider.ts';
import type { RelyingParty, Trial } from './relying-party.ts';
import { createVisitor } from './visitor.ts';
import { claimsOf, driveWebApp } from './web-app.ts';

const signIn = '/oauth2/start?rd=%2F';
const maxTries = 60;

export const oauth2Proxy: RelyingParty = {
  name: 'oauth2-proxy',
  needs: ['go'],
  install: (place) => installGoProgram(place, 'github.com/oauth2-proxy/oauth2-proxy/v7'),

  async drive(trial) {
    const { issuer } = trial.provider;
    const [port = 0, upstreamPort = 0] = await findFreePorts(2);
    const url = `http://127.0.0.1:${port}`;
    await startUpstream(trial, upstreamPort);
    const client = await trial.provider.createClient('oauth2-proxy', {
      redirect_uris: [`${url}/oauth2/callback`],
      post_logout_redirect_uris: [`${url}/`],
    });
    const env = settingsOf(issuer, client, url, upstreamPort);
    const output = trial.processes.start(join(trial.directory, 'oauth2-proxy'), [], { env });
    const logout = new URL('/oauth2/logout', issuer);
    logout.searchParams.set('client_id', client.clientId);
    logout.searchParams.set('post_logout_redirect_uri', `${url}/`);
    const routes = {
      home: '/oauth2/userinfo',
      signIn,
      // The proxy requests userinfo by itself for the email address that the ID token lacks.
      userinfo: '/oauth2/userinfo',
      refresh: undefined,
      signOut: `/oauth2/sign_out?rd=${encodeURIComponent(logout.href)}`,
    };
    await driveWebApp(trial, { url, output, routes, subject: 'user' });
    await refresh(trial, url);
  },
};

function settingsOf(
  issuer: string,
  { clientId, clientSecret }: Client,
  url: string,
  upstreamPort: number,
): Readonly<Record<string, string>> {
  return {
    OAUTH2_PROXY_PROVIDER: 'oidc',
    OAUTH2_PROXY_OIDC_ISSUER_URL: issuer,
    OAUTH2_PROXY_CLIENT_ID: clientId,
    OAUTH2_PROXY_CLIENT_SECRET: clientSecret,
    OAUTH2_PROXY_REDIRECT_URL: `${url}/oauth2/callback`,
    OAUTH2_PROXY_SCOPE: 'openid profile email',
    // needed: the proxy sends no PKCE parameters without it
    OAUTH2_PROXY_CODE_CHALLENGE_METHOD: 'S256',
    OAUTH2_PROXY_EMAIL_DOMAINS: '*',
    OAUTH2_PROXY_COOKIE_SECRET: randomBytes(32).toString('base64url'),
    OAUTH2_PROXY_COOKIE_SECURE: 'false',
    OAUTH2_PROXY_COOKIE_REFRESH: '1s',
    OAUTH2_PROXY_PASS_ACCESS_TOKEN: 'true',
    OAUTH2_PROXY_SKIP_PROVIDER_BUTTON: 'true',
    OAUTH2_PROXY_WHITELIST_DOMAINS: new URL(issuer).host,
    OAUTH2_PROXY_HTTP_ADDRESS: new URL(url).host,
    OAUTH2_PROXY_UPSTREAMS: `http://127.0.0.1:${upstreamPort}/`,
  };
}

/** Returns what the proxy passes to the application. */
async function startUpstream({ closing }: Trial, port: number): Promise<void> {
  const server = createServer((req, res) => {
    const token = req.headers['x-forwarded-access-token'];
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify({ token, user: req.headers['x-forwarded-user'] }));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  closing.after(async () => server.close().closeAllConnections());
}

/** The proxy refreshes by itself with the first request after the refresh period. */
async function refresh(trial: Trial, url: string): Promise<void> {
  const visitor = createVisitor(trial.closing, trial.provider.issuer, url);
  const before = claimsOf(await visitor.signInAt(signIn, trial.user));
  for (let tries = 0; tries < maxTries; tries += 1) {
    const now = claimsOf(await visitor.app('/'));
    if (now['token'] !== before['token']) {
      assert.equal(now['user'], trial.user.id);
      return trial.passed('refresh');
    }
    await pause(250);
  }
  throw new Error('The proxy did not refresh.');
}

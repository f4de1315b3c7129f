// Auth.js (@auth/core), configured with the issuer, the client id and the client secret only. The
// routes `/sign-in` and `/` do what the framework integrations of Auth.js offer to pages.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { Auth, skipCSRFCheck } from '@auth/core';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, APP_URL } = process.env;

const config = {
  basePath: '/auth',
  trustHost: true,
  secret: randomBytes(32).toString('base64url'),
  providers: [
    {
      id: 'ostiary',
      name: 'Ostiary',
      type: 'oidc',
      issuer: ISSUER,
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
    },
  ],
  callbacks: {
    jwt: ({ token, profile }) => ({ ...token, sub: profile?.sub ?? token.sub }),
    session: ({ session, token }) => ({ ...session, sub: token.sub }),
  },
};

async function answer(req) {
  const url = new URL(req.url, APP_URL);
  const headers = new Headers({ cookie: req.headers.cookie ?? '' });
  if (url.pathname === '/sign-in') {
    const body = new URLSearchParams({ callbackUrl: `${APP_URL}/` });
    const request = new Request(`${APP_URL}/auth/signin/ostiary`, {
      method: 'POST',
      headers,
      body,
    });
    return Auth(request, { ...config, skipCSRFCheck });
  }
  if (url.pathname === '/') {
    const session = await Auth(new Request(`${APP_URL}/auth/session`, { headers }), config);
    const { sub, user } = (await session.json()) ?? {};
    return Response.json({ ...user, sub }, { status: user ? 200 : 401 });
  }
  const body = req.method === 'POST' ? await text(req) : undefined;
  return Auth(new Request(url, { method: req.method, headers, body }), config);
}

async function respond(req, res) {
  try {
    const response = await answer(req);
    res.writeHead(response.status, [...response.headers].flat()).end(await response.text());
  } catch (error) {
    process.stderr.write(`${error.stack}\n`);
    res.writeHead(500).end();
  }
}

const server = createServer((req, res) => void respond(req, res));
server.listen(Number(new URL(APP_URL).port), '127.0.0.1');

// HTTP server with cookie sessions, shared by the Node applications of the suite. A route returns a
// URL to redirect to, a document to show, or nothing if the visitor has no session.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';

export const { ISSUER, CLIENT_ID, CLIENT_SECRET, APP_URL } = process.env;

const sessions = new Map();

export function serve(routes) {
  const server = createServer((req, res) => void respond(routes, req, res));
  server.listen(Number(new URL(APP_URL).port), '127.0.0.1');
}

async function respond(routes, req, res) {
  const url = new URL(req.url, APP_URL);
  const session = sessionOf(req, res);
  try {
    const route = routes[url.pathname];
    send(res, route ? 200 : 404, await route?.(session, url));
  } catch (error) {
    process.stderr.write(`${url.pathname}: ${error.stack}\n`);
    send(res, 400, { error: String(error) });
  }
}

function send(res, status, answer) {
  if (answer instanceof URL) {
    res.writeHead(302, { location: answer.href }).end();
  } else {
    const found = status === 200 && answer === undefined ? 401 : status;
    res.writeHead(found, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? {}));
  }
}

function sessionOf(req, res) {
  const id = /(?:^|; )app=([\w-]+)/.exec(req.headers.cookie ?? '')?.[1];
  const known = sessions.get(id);
  if (known) return known;
  const fresh = randomBytes(24).toString('base64url');
  const session = {};
  sessions.set(fresh, session);
  res.setHeader('set-cookie', `app=${fresh}; Path=/; HttpOnly; SameSite=Lax`);
  return session;
}

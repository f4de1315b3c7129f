// A small Koa app behind the real middleware and HTTP server. The issuer is https://id.example, as
// behind a proxy; requests are sent to a port of 127.0.0.1.
import { once } from 'node:events';
import { request as sendRequest, type IncomingHttpHeaders } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { text } from 'node:stream/consumers';
import Koa from 'koa';
import { AppError } from '#platform/errors.ts';
import type { Context, Handler } from '#http/context.ts';
import { createRequestMiddleware, type EdgeDependencies } from '#http/middleware/middleware.ts';
import { createHttpServer } from '#server/http-server.ts';
import { readForm, readJson } from '#http/request/input.ts';
import { createLog } from '#platform/logging/log.ts';

export const issuer = 'https://id.example';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Request {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string | Buffer;
}

interface RigOptions extends Partial<EdgeDependencies> {
  /** Handlers of the test, placed before the default ones. */
  readonly handlers?: readonly Handler[];
}

/** Responds with the request as handlers see it, and with what they read from it. */
async function answerEcho(ctx: Context): Promise<void> {
  const { ip, href, protocol, secure, host, origin, path } = ctx;
  if (ctx.path.startsWith('/auth/form')) {
    const form = await readForm(ctx);
    ctx.body = Object.fromEntries(form.names().map((name) => [name, form.get(name)]));
    return;
  }
  if (ctx.path.startsWith('/auth/json')) {
    ctx.body = { json: await readJson(ctx) };
    return;
  }
  if (/^\/(?:auth|oauth2|\.well-known)\/(?:echo|api\/echo)/.test(ctx.path))
    ctx.body = { ip, href, protocol, secure, host, origin, path, url: ctx.url };
}

export async function startEdge(t: TestContext, { handlers = [], ...options }: RigOptions = {}) {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const edge = createRequestMiddleware({
    issuer,
    trustedProxies: [],
    log: createLog({ level: 'debug', destination }),
    renderError(ctx, { status, code, message }) {
      ctx.type = 'html';
      ctx.body = `<h1 data-error="${code}">${status} ${message}</h1> ${ctx.state.requestId}`;
    },
    probes: [],
    isStopping: () => false,
    ...options,
  });

  const app = new Koa({ keys: ['a key of the test'] });
  for (const handle of [...edge.middleware, ...handlers, answerEcho]) app.use(handle);
  app.on('error', edge.reportLateError);
  const handle = app.callback();
  const server = createHttpServer((req, res) => void handle(req, res));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a TCP port
  t.after(() => server.close().closeAllConnections());

  async function send({
    method = 'GET',
    path = '/',
    headers = {},
    body,
  }: Request): Promise<Answer> {
    const sending = sendRequest({
      agent: false,
      host: '127.0.0.1',
      method,
      path,
      port,
      headers: { host: 'id.example', ...headers },
    });
    sending.end(body);
    const [response] = await once(sending, 'response');
    return { status: response.statusCode, headers: response.headers, body: await text(response) };
  }

  /**
   * Writes the bytes unchanged and returns all response bytes received before the connection ends.
   */
  async function sendRaw(bytes: string | Buffer): Promise<string> {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    t.after(() => socket.destroy());
    socket.write(bytes);
    let received = '';
    for await (const chunk of socket) received += String(chunk);
    return received;
  }

  return { send, sendRaw, lines, port };
}

/** A POST request with a form body. */
export function aFormPost(path: string, body: string | Buffer): Request {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return { method: 'POST', path, headers, body };
}

/** A handler that throws the error on one path, so that a test can check the response. */
export function failWith(error: unknown, path = '/auth/fail'): Handler {
  return function fail(ctx, next) {
    if (ctx.path === path) throw error;
    return next();
  };
}

export const storeIsDown = () =>
  new AppError('store_unavailable', 'Please try again.', { cause: new Error('secret reason') });

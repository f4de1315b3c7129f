// The same small API with each framework that the resource server package supports: GET /tasks needs
// `read`, GET /admin needs `write`, and the client certificate is in the header X-Client-Cert.
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import mount from 'koa-mount';
import * as forExpress from '#resource-server/adapters/express.ts';
import * as forFastify from '#resource-server/adapters/fastify.ts';
import * as forHono from '#resource-server/adapters/hono.ts';
import * as forKoa from '#resource-server/adapters/koa.ts';
import type { ResourceServer } from '#resource-server/resource-server.ts';
import type { Auth } from '#resource-server/types.ts';
import type { CleanUp } from '#test/support/services/databases.ts';

const tasks = { scopes: ['read'] };
const admin = { scopes: ['write'], acrValues: ['phr'] };
const certificateHeader = 'x-client-cert';
const answerFor = ({ subject }: Auth) => ({ tasksOf: subject });
const pemOf = (value: unknown) => (typeof value === 'string' ? decodeURIComponent(value) : '');

/** Each starts the API on its own port and returns its origin. */
export const frameworks: Readonly<
  Record<string, (t: CleanUp, api: ResourceServer) => Promise<string>>
> = {
  async koa(t, api) {
    const app = new Koa();
    const clientCertificate = (ctx: forKoa.KoaContext) => pemOf(ctx.get(certificateHeader));
    const route = async (ctx: Koa.Context) => void (ctx.body = answerFor(forKoa.authOf(ctx)));
    const section = (protection: object) =>
      new Koa().use(forKoa.protect(api, { ...protection, clientCertificate })).use(route);
    app.use(forKoa.serveMetadata(api));
    app.use(mount('/tasks', section(tasks)));
    app.use(mount('/admin', section(admin)));
    const handle = app.callback();
    return listen(t, (request, response) => void handle(request, response));
  },
  async express(t, api) {
    const app = express();
    const clientCertificate = (request: express.Request) => pemOf(request.get(certificateHeader));
    const route: express.RequestHandler = (request, response) =>
      void response.json(answerFor(forExpress.authOf(request)));
    const router = express.Router();
    router.get('/', forExpress.protect(api, { ...tasks, clientCertificate }), route);
    app.use(forExpress.serveMetadata(api));
    app.use('/tasks', router);
    app.get('/admin', forExpress.protect(api, admin), route);
    return listen(t, app);
  },
  async fastify(t, api) {
    const app = fastify();
    const clientCertificate = ({ headers }: forFastify.FastifyRequest) =>
      pemOf(headers[certificateHeader]);
    const route = async (request: forFastify.FastifyRequest) =>
      answerFor(forFastify.authOf(request));
    const onTasks = forFastify.protect(api, { ...tasks, clientCertificate });
    app.get(api.metadata?.path ?? '', forFastify.serveMetadata(api));
    app.get('/tasks', { onRequest: onTasks }, route);
    app.get('/admin', { onRequest: forFastify.protect(api, admin) }, route);
    t.after(() => app.close());
    return app.listen({ host: '127.0.0.1', port: 0 });
  },
  async hono(t, api) {
    const app = new Hono<{ Variables: forHono.AuthVariables }>();
    const clientCertificate = ({ req }: forHono.HonoContext) =>
      pemOf(req.raw.headers.get(certificateHeader));
    app.use(forHono.serveMetadata(api));
    app.use('/tasks', forHono.protect(api, { ...tasks, clientCertificate }));
    app.use('/admin', forHono.protect(api, admin));
    app.get('/tasks', (c) => c.json(answerFor(c.get('auth'))));
    app.get('/admin', (c) => c.json(answerFor(c.get('auth'))));
    return listen(
      t,
      bridge((request) => app.fetch(request)),
    );
  },
};

async function listen(t: CleanUp, handle: RequestListener): Promise<string> {
  const server: Server = createServer(handle);
  t.after(async () => server.close().closeAllConnections());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a TCP port
  return `http://127.0.0.1:${port}`;
}

/** Requests of Node.js for a program with the interface of fetch. */
function bridge(handle: (request: Request) => Response | Promise<Response>): RequestListener {
  return (incoming, outgoing) => {
    const headers = new Headers();
    for (let at = 0; at < incoming.rawHeaders.length; at += 2) {
      headers.append(incoming.rawHeaders[at] ?? '', incoming.rawHeaders[at + 1] ?? '');
    }
    const { method = 'GET', url = '/' } = incoming;
    const answer = async () => {
      const response = await handle(new Request(`http://inside${url}`, { method, headers }));
      outgoing.writeHead(response.status, Object.fromEntries(response.headers));
      outgoing.end(await response.text());
    };
    answer().catch((error: unknown) =>
      outgoing.destroy(error instanceof Error ? error : undefined),
    );
  };
}

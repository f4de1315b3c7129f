// Answers ordinary requests for a discovery document or the JWKS before the middleware runs, with the
// document that the middleware prepared for an earlier request. Unusual requests (another origin, a body, a
// condition other than the current ETag) and the first one after a change are left to the middleware.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type Koa from 'koa';
import { createHostCheck } from '#http/middleware/host-validation.ts';
import type { RequestMiddleware } from '#http/middleware/middleware.ts';
import { openScopeOf, type OpenedRequest } from '#http/middleware/request-id.ts';
import { headersForPrograms } from '#http/middleware/security-headers.ts';
import { runInOwnRequestScope } from '#platform/request/request-scope.ts';
import type { Services } from './composition.ts';

export interface PreparedDocumentDependencies {
  readonly services: Pick<Services, 'config' | 'log'>;
  readonly edge: Pick<RequestMiddleware, 'addresses' | 'documents' | 'open' | 'report'>;
  readonly app: Koa;
}

/** Headers whose presence makes a request unusual. */
const notUnderstood = [
  'authorization',
  'cache-control',
  'content-length',
  'content-type',
  'dpop',
  'expect',
  'if-modified-since',
  'origin',
  'transfer-encoding',
  'upgrade',
] as const;

/** Wraps the application's handler. */
export function putDocumentsInFront(dependencies: PreparedDocumentDependencies): void {
  const { app } = dependencies;
  const answer = createDocumentAnswers(dependencies);
  const callback = app.callback.bind(app);
  app.callback = () => {
    const handle = callback();
    return async (req, res) => {
      // True because the server speaks HTTP/1.1 only.
      const isAnswered = answer(req as IncomingMessage, res as ServerResponse);
      if (!isAnswered) await handle(req, res);
    };
  };
}

function createDocumentAnswers({ services, edge }: PreparedDocumentDependencies) {
  const { config, log } = services;
  const isOwnHost = createHostCheck(config.issuerUrl);
  // As set by the middleware for a request without an Origin header.
  const headers = {
    ...Object.fromEntries(headersForPrograms(config.issuer)),
    Vary: 'Origin',
    'Access-Control-Allow-Origin': '*',
  };

  function report(res: ServerResponse, path: string, bytes: number, opened: OpenedRequest): void {
    const { address, startedAt, span } = opened;
    const route = edge.addresses.shorten(path);
    const status = res.statusCode;
    const work = () =>
      runInOwnRequestScope(() => {
        openScopeOf(opened);
        edge.report({ res, log, method: 'GET', route, status, address, bytes, startedAt });
      });
    if (span) span.run(work);
    else work();
  }

  /** False for a request that must be left to the middleware. */
  return (req: IncomingMessage, res: ServerResponse): boolean => {
    const { method, url = '' } = req;
    if (method !== 'GET' || !isUsual(req) || !isOwnHost(req.headers.host ?? '')) return false;
    const document = edge.documents.findCached(url);
    const known = req.headers['if-none-match'];
    if (!document || (known !== undefined && known !== document.headers.ETag)) return false;
    const opened = edge.open(req);
    const bytes = known === undefined ? document.bytes : 0;
    res.once('close', () => report(res, url, bytes, opened));
    res.setHeader('X-Request-Id', opened.requestId);
    if (known === undefined) {
      res.writeHead(200, { ...headers, ...document.headers, 'Content-Length': bytes });
      res.end(document.text);
    } else {
      const { 'Content-Type': _type, ...validators } = document.headers;
      res.writeHead(304, { ...headers, ...validators }).end();
    }
    return true;
  };
}

/** Node keeps only one of several Host headers; the middleware refuses such a request. */
function isUsual({ headers, rawHeaders }: IncomingMessage): boolean {
  if (notUnderstood.some((name) => headers[name] !== undefined)) return false;
  const isHost = (text: string, position: number) => position % 2 === 0 && /^host$/i.test(text);
  return rawHeaders.filter(isHost).length === 1;
}

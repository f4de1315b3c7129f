// Writes the responses of the fast path, with the headers that the middleware sets: JSON for programs, and
// redirects of browsers.
import type { ServerResponse } from 'node:http';
import type { Config } from '#config/config.ts';
import type { Context } from '#http/context.ts';
import { headersForPages, headersForPrograms } from '#http/middleware/security-headers.ts';
import { escapeHtml } from '#http/rendering/escape-html.ts';
import type { FastEndpoint } from '#oidc/patches/handlers/endpoint-steps.ts';

/** What the log records about a response. */
export interface Written {
  readonly status: number;
  /** Length of the body. */
  readonly bytes: number;
}

export interface DirectResponse {
  readonly endpoint: FastEndpoint;
  readonly requestId: string;
  readonly body: object;
}

/** Names and values alternate, which Node.js accepts without copying them. */
type Headers = readonly string[];

export function createResponses(config: Pick<Config, 'issuer'>) {
  const headers = createHeaders(config);

  function send(res: ServerResponse, head: Headers, text: string): Written {
    const bytes = Buffer.byteLength(text);
    res.writeHead(res.statusCode, [...head, 'Content-Length', String(bytes)]);
    // Node.js sends a string together with the headers in one system call; a buffer takes two.
    res.end(text);
    return { status: res.statusCode, bytes };
  }

  return {
    /** A successful response. */
    sendDirect: (res: ServerResponse, { endpoint, requestId, body }: DirectResponse): Written =>
      send(res, [...headers[endpoint], 'X-Request-Id', requestId], JSON.stringify(body)),
    /** What oidc-provider's functions have left in a context. */
    sendContext(res: ServerResponse, endpoint: FastEndpoint, { body, state }: Context): Written {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return send(res, [...headers[endpoint], 'X-Request-Id', state.requestId], text);
    },
  };
}

/** Returns a function that redirects a browser as Koa does, with the headers of every page. */
export function createRedirects(issuer: string, styleDigests: readonly string[]) {
  const type = ['Content-Type', 'text/html; charset=utf-8'] as const;
  const shared = [...headersForPages(issuer, styleDigests), type].flat();
  return ({ res, state }: Context, location: string): Written => {
    const text = `Redirecting to ${escapeHtml(location)}.`;
    const bytes = Buffer.byteLength(text);
    const own = ['Content-Length', String(bytes), 'Location', location];
    res.writeHead(303, [...shared, 'X-Request-Id', state.requestId, ...own]);
    res.end(text);
    return { status: 303, bytes };
  };
}

/** With those that oidc-provider's CORS middleware sets for a request without an Origin header. */
function createHeaders({ issuer }: Pick<Config, 'issuer'>): Record<FastEndpoint, Headers> {
  const shared = [
    ...headersForPrograms(issuer),
    ['Vary', 'Origin'],
    ['Access-Control-Allow-Origin', '*'],
    ['Content-Type', 'application/json; charset=utf-8'],
  ].flat();
  const exposing = (names: string) => [...shared, 'Access-Control-Expose-Headers', names];
  return {
    introspection: exposing('WWW-Authenticate'),
    token: exposing('DPoP-Nonce,WWW-Authenticate'),
    userinfo: exposing('DPoP-Nonce,WWW-Authenticate'),
  };
}

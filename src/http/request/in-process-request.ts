// A GET request that passes through the whole application without a connection, so that a route can rely on
// all the rules of another one.
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Context } from '#http/context.ts';

export interface InProcessRequest {
  /** Path and query, below the path of the issuer. */
  readonly url: string;
  readonly host: string;
  readonly cookie: string;
}

/** @param ctx the request on whose behalf it is sent, from which it takes address and user agent */
export async function requestInProcess(
  ctx: Context,
  { url, host, cookie }: InProcessRequest,
): Promise<OutgoingHttpHeaders> {
  // Loaded on first use, because most processes never need it.
  const { inject } = await import('light-my-request');
  const handle = ctx.app.callback();
  // Simulated messages have the properties that Koa reads.
  const dispatch = (req: object, res: object) =>
    void handle(req as IncomingMessage, res as ServerResponse);
  const { headers } = await inject(dispatch, {
    method: 'GET',
    url,
    headers: { host, cookie, 'user-agent': ctx.get('user-agent') },
    remoteAddress: ctx.ip,
  });
  return headers;
}

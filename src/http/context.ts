// The members of `ctx.state` that the request middleware sets for all later handlers. Pages and
// other middleware declare their own members next to the code that sets them.
import type Koa from 'koa';
import type { Log } from '#platform/logging/log.ts';

/** The validated request body. `fields` is set for forms only, `text` for forms and JSON. */
export interface RequestBody {
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly text?: string | undefined;
  readonly fields?: ReadonlyMap<string, string> | undefined;
}

declare module 'koa' {
  interface DefaultState {
    /** Random id of this request, sent in the response headers and written to each log line. */
    requestId: string;
    log: Log;
    /** Absent when the request has no body. */
    body?: RequestBody;
    /** Error code of the response, for the request log. */
    errorCode?: string;
  }
}

export type Context = Koa.Context;
export type Next = Koa.Next;
export type Handler = (ctx: Context, next: Next) => unknown;

// What the edge leaves on `ctx.state` for everything behind it. Pages and guards add their own
// members next to their own code.
import type Koa from 'koa';
import type { Log } from '#platform/logging/log.ts';

/** A body as it was read and checked at the edge; `fields` only of a form, `text` also of JSON. */
export interface RequestBody {
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly text?: string | undefined;
  readonly fields?: ReadonlyMap<string, string> | undefined;
}

declare module 'koa' {
  interface DefaultState {
    /** Our own random name of this request; it is in every answer and every line of the log. */
    requestId: string;
    log: Log;
    /** Absent when the request has no body. */
    body?: RequestBody;
    /** Why the answer is an error, for the request's line in the log. */
    errorCode?: string;
  }
}

export type Context = Koa.Context;
export type Next = Koa.Next;
export type Handler = (ctx: Context, next: Next) => unknown;

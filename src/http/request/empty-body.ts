// An answer without a body names no media type. Koa takes an empty text for `text/plain`, and a
// client that expects JSON or nothing refuses such an answer (RFC 9110 §8.3).
import type { Context, Next } from '#http/context.ts';

function isEmpty(body: unknown): boolean {
  return body === '' || (body instanceof Uint8Array && body.byteLength === 0);
}

/** Removes `Content-Type` from every answer whose body is empty. */
export async function omitTypeOfEmptyBody(ctx: Context, next: Next): Promise<void> {
  await next();
  if (!ctx.headerSent && isEmpty(ctx.body)) ctx.remove('Content-Type');
}

// Removes Content-Type from responses without a body. Koa treats an empty string as `text/plain`,
// and a client that expects JSON or nothing rejects such a response (RFC 9110 §8.3).
import type { Context, Next } from '#http/context.ts';

function isEmpty(body: unknown): boolean {
  return body === '' || (body instanceof Uint8Array && body.byteLength === 0);
}

export async function omitTypeOfEmptyBody(ctx: Context, next: Next): Promise<void> {
  await next();
  if (!ctx.headerSent && isEmpty(ctx.body)) ctx.remove('Content-Type');
}

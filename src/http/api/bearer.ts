// Reads a bearer token from the Authorization header, the only accepted place, and writes the
// challenge for a refused request (RFC 6750).
import type { Context } from '#http/context.ts';

const bearer = /^bearer +([\w.~+/-]+=*)$/i;

/** Returns `undefined` if the header is absent or has another scheme. */
export function readBearer(ctx: Context): string | undefined {
  return bearer.exec(ctx.get('authorization'))?.[1];
}

export type BearerError = 'invalid_token' | 'insufficient_scope';

/** A request without credentials receives the scheme and no error code (RFC 6750 §3.1). */
export function challengeBearer(
  ctx: Context,
  { realm, error, scope }: { realm: string; error: BearerError; scope?: string },
): void {
  const hasCredentials = ctx.get('authorization') !== '';
  const parameters = [
    `realm="${realm}"`,
    ...(hasCredentials ? [`error="${error}"`] : []),
    ...(hasCredentials && scope !== undefined ? [`scope="${scope}"`] : []),
  ];
  ctx.set('WWW-Authenticate', `Bearer ${parameters.join(', ')}`);
}

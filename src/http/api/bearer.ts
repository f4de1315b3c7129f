// Bearer tokens as requests carry them, and the challenge that answers a refused one (RFC 6750):
// in the Authorization header and nowhere else.
import type { Context } from '#http/context.ts';

const bearer = /^bearer +([\w.~+/-]+=*)$/i;

/** `undefined`: there is none, or something else stands there. */
export function readBearer(ctx: Context): string | undefined {
  return bearer.exec(ctx.get('authorization'))?.[1];
}

export type BearerError = 'invalid_token' | 'insufficient_scope';

/** A request that brought nothing at all is told nothing but the scheme (RFC 6750 3.1). */
export function challengeBearer(
  ctx: Context,
  { realm, error, scope }: { realm: string; error: BearerError; scope?: string },
): void {
  const brought = ctx.get('authorization') !== '';
  const parameters = [
    `realm="${realm}"`,
    ...(brought ? [`error="${error}"`] : []),
    ...(brought && scope !== undefined ? [`scope="${scope}"`] : []),
  ];
  ctx.set('WWW-Authenticate', `Bearer ${parameters.join(', ')}`);
}

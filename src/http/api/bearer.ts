// Reads a bearer token from the Authorization header, the only accepted place, and writes the
// challenge for a refused request (RFC 6750).
import type { Context } from '#http/context.ts';

const bearer = /^bearer +([\w.~+/-]+=*)$/i;

/** Returns `undefined` if the header is absent or has another scheme. */
export function readBearer(ctx: Context): string | undefined {
  return bearer.exec(ctx.get('authorization'))?.[1];
}

export type BearerError =
  | 'invalid_token'
  | 'insufficient_scope'
  /** The user has to sign in in another way (RFC 9470 §3). */
  | 'insufficient_user_authentication';

interface Challenge {
  readonly realm: string;
  readonly error: BearerError;
  readonly scope?: string | undefined;
  /** The values for the client's next authorization request. */
  readonly acrValues?: string | undefined;
}

/** A request without credentials receives the scheme and no error code (RFC 6750 §3.1). */
export function challengeBearer(ctx: Context, { realm, error, scope, acrValues }: Challenge): void {
  const hasCredentials = ctx.get('authorization') !== '';
  const parameters = [
    `realm="${realm}"`,
    ...(hasCredentials ? [`error="${error}"`] : []),
    ...(hasCredentials && scope !== undefined ? [`scope="${scope}"`] : []),
    ...(hasCredentials && acrValues !== undefined ? [`acr_values="${acrValues}"`] : []),
  ];
  ctx.set('WWW-Authenticate', `Bearer ${parameters.join(', ')}`);
}

// Lets a JWT access token be introspected and revoked like an opaque one: puts the handle that
// stands for it into the form before the engine reads it.
import type { Context, Next } from '#http/context.ts';
import { replaceField } from '#http/request/request-body.ts';
import type { JwtAccessTokens } from '#oidc/tokens/jwt-access-tokens.ts';

const endpoints = /\/oauth2\/(?:introspect|revoke)$/;
/** Three or five base64url parts: the engine refuses them all by their first part. */
const structured = /^[\w-]+(?:\.[\w-]*){2,4}$/;

export function createPresentedJwt({ tokens }: { tokens: JwtAccessTokens }) {
  return async function presentJwt(ctx: Context, next: Next): Promise<unknown> {
    const token = ctx.state.body?.fields?.get('token');
    const concerns = ctx.method === 'POST' && endpoints.test(ctx.path);
    if (concerns && token !== undefined && structured.test(token)) {
      replaceField(ctx, 'token', await tokens.present(token));
    }
    return next();
  };
}

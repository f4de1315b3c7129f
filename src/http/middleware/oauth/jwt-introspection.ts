// Allows introspection and revocation of a JWT access token: replaces the token in the form by a
// handle before oidc-provider reads it.
import type { Context, Next } from '#http/context.ts';
import { replaceField } from '#http/request/request-body.ts';
import type { JwtAccessTokens } from '#oidc/tokens/jwt-access-tokens.ts';
import { isStructured } from '#oidc/tokens/token-prefixes.ts';

const endpoints = /\/oauth2\/(?:introspect|revoke)$/;

export function createPresentedJwt({ tokens }: { tokens: JwtAccessTokens }) {
  return async function presentJwt(ctx: Context, next: Next): Promise<unknown> {
    const token = ctx.state.body?.fields?.get('token');
    const concerns = ctx.method === 'POST' && endpoints.test(ctx.path);
    if (concerns && token !== undefined && isStructured(token)) {
      replaceField(ctx, 'token', await tokens.present(token));
    }
    return next();
  };
}

// Rejects an unreadable Authorization header with the same response as wrong client credentials
// (RFC 6749 §5.2). oidc-provider would report a malformed request, which reveals more to an
// attacker than a wrong secret does.
import type { Context, Next } from '#http/context.ts';
import { readBasicCredentials } from '#platform/request/basic-credentials.ts';

const clientEndpoints =
  /\/oauth2\/(?:token|introspect|revoke|par|device_authorization|bc-authorize)$/;

export function createBasicCredentialCheck({ issuer }: { issuer: string }) {
  const challenge = [
    `Basic realm="${issuer}"`,
    'error="invalid_client"',
    'error_description="client authentication failed"',
  ].join(', ');

  return function checkBasicCredentials(ctx: Context, next: Next): unknown {
    const header = ctx.get('authorization');
    if (ctx.method !== 'POST' || header === '' || !clientEndpoints.test(ctx.path)) return next();
    if (readBasicCredentials(header)) return next();
    ctx.status = 401;
    ctx.set('WWW-Authenticate', challenge);
    ctx.body = { error: 'invalid_client', error_description: 'client authentication failed' };
    return undefined;
  };
}

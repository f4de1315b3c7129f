// Rejects an unreadable Authorization header with the same response as wrong client credentials
// (RFC 6749 §5.2). oidc-provider would report a malformed request, which reveals more to an
// attacker than a wrong secret does.
import type { Context, Next } from '#http/context.ts';

const clientEndpoints =
  /\/oauth2\/(?:token|introspect|revoke|par|device_authorization|bc-authorize)$/;
const basic = /^basic +([A-Za-z0-9+/]+={0,2})$/i;

export function createBasicCredentialCheck({ issuer }: { issuer: string }) {
  const challenge = [
    `Basic realm="${issuer}"`,
    'error="invalid_client"',
    'error_description="client authentication failed"',
  ].join(', ');

  return function checkBasicCredentials(ctx: Context, next: Next): unknown {
    const header = ctx.get('authorization');
    if (ctx.method !== 'POST' || header === '' || !clientEndpoints.test(ctx.path)) return next();
    if (isReadableBasic(header)) return next();
    ctx.status = 401;
    ctx.set('WWW-Authenticate', challenge);
    ctx.body = { error: 'invalid_client', error_description: 'client authentication failed' };
    return undefined;
  };
}

/** Base64 of two form-encoded parts separated by a colon (RFC 6749 §2.3.1). */
export function isReadableBasic(header: string): boolean {
  const encoded = basic.exec(header)?.[1];
  if (encoded === undefined) return false;
  const text = Buffer.from(encoded, 'base64').toString('latin1');
  const colon = text.indexOf(':');
  if (colon < 1 || colon === text.length - 1) return false;
  return [text.slice(0, colon), text.slice(colon + 1)].every(isFormEncoded);
}

function isFormEncoded(part: string): boolean {
  try {
    return /^[\x20-\x7e]+$/.test(decodeURIComponent(part.replaceAll('+', '%20')));
  } catch {
    return false;
  }
}

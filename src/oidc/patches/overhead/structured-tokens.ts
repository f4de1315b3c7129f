// Patch: introspection and revocation recognize an opaque token without decoding it as a JWT.
// oidc-provider decodes each token and catches the exception that every opaque token causes.
import introspection from 'oidc-provider/lib/actions/introspection.js';
import revocation from 'oidc-provider/lib/actions/revocation.js';
import decodeAndReject from 'oidc-provider/lib/shared/reject_structured_tokens.js';
import { replaceStep, type Step } from './engine-version.ts';

export function recognizeOpaqueTokens(): void {
  replaceStep(introspection, rejectStructuredTokens);
  replaceStep(revocation, rejectStructuredTokens);
}

/** Text without a dot is neither a JWS nor a JWE (RFC 7515 §7.1, RFC 7516 §7.1). */
const rejectStructuredTokens: Step = (ctx, next) => {
  const token = ctx.oidc.params?.['token'];
  const isOpaque = typeof token === 'string' && !token.includes('.');
  return isOpaque ? next() : decodeAndReject(ctx, next);
};

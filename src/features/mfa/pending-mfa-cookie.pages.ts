// Cookie that identifies the partial sign-in of this browser. It is a session cookie; the
// server-side record expires earlier.
import { createTokenCookie, type TokenCookie } from '#http/token-cookie.ts';

export type StepCookie = TokenCookie;

export function createStepCookie({ issuerUrl }: { readonly issuerUrl: URL }): StepCookie {
  return createTokenCookie({ issuerUrl, name: 'step' });
}

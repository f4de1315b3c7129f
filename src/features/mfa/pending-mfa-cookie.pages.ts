// The cookie of a browser in which half a sign-in was done: it names that half, and nothing else does.
// It stays until the browser is closed; the server forgets it sooner.
import { createTokenCookie, type TokenCookie } from '#http/token-cookie.ts';

export type StepCookie = TokenCookie;

export function createStepCookie({ issuerUrl }: { readonly issuerUrl: URL }): StepCookie {
  return createTokenCookie({ issuerUrl, name: 'step' });
}

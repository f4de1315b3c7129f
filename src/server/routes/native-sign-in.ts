// Adds the authorization challenge endpoint, unless it is off.
import type { Router } from '@koa/router';
import { addNativeSignIn } from '#features/native-sign-in/challenge.pages.ts';
import { createNativeAuthorization } from '#features/native-sign-in/native-authorization.pages.ts';
import { createNativeSignInStore } from '#features/native-sign-in/native-sign-ins.store.ts';
import { createCookieSigner } from '#platform/crypto/cookie-signer.ts';
import type { PageKit } from './page-kit.ts';

export function addNativeSignInPages(router: Router, kit: PageKit): void {
  const { config, shortLived: store, now } = kit;
  if (config.nativeSignIn === 'off') return;
  const cookieSigner = createCookieSigner(config.cookieKeys);
  addNativeSignIn(router, {
    ...kit,
    authorization: createNativeAuthorization({ ...kit, cookieSigner }),
    nativeSignIns: createNativeSignInStore({ store, now }),
  });
}

// Target URLs of the passkey buttons on sign-in pages, in an interaction or in the account area.
import type { PasskeyUrls } from '#http/passkey-urls.ts';
import type { SitePages } from '#http/site-pages.ts';
import { signInPath } from '#features/interaction/sign-in-paths.ts';
import type { Passkeys } from './passkeys.service.ts';

export function createPasskeyUrls(site: SitePages, passkeys: Passkeys): PasskeyUrls {
  const urlsOf = (uid?: string, step = '') => ({
    action: site.address(signInPath(uid, `${step}passkey`)),
    optionsAction: site.address(signInPath(uid, `${step}passkey/options`)),
  });
  return {
    first: (uid) => urlsOf(uid),
    async second(userId, uid) {
      if ((await passkeys.signInMethods(userId)).passkeys === 0) return undefined;
      return urlsOf(uid, 'second-factor/');
    },
  };
}

// Target URLs of the passkey buttons on sign-in pages, in an interaction or in the account area.
import type { SitePages } from '#http/site-pages.ts';
import { signInPath } from '#features/interaction/sign-in-paths.ts';
import type { Passkeys } from './passkeys.service.ts';

/** The URLs from which the script fetches a challenge and to which the form posts the response. */
export interface PasskeyUrl {
  readonly action: string;
  readonly optionsAction: string;
}

export interface PasskeyUrls {
  /** On a sign-in page; `uid` is that of the interaction, if there is one. */
  first(uid?: string): PasskeyUrl;
  /** After the password; `undefined`: the user has no passkey. */
  second(userId: string, uid?: string): Promise<PasskeyUrl | undefined>;
}

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

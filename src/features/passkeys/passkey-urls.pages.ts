// Target URLs of the passkey buttons on sign-in pages: those of an interaction, or of the account
// pages.
import type { OwnPages } from '#http/site-pages.ts';
import type { Passkeys } from './passkeys.service.ts';

/** The URLs from which the script fetches a challenge and to which the form posts the response. */
export interface PasskeyUrl {
  readonly action: string;
  readonly optionsAction: string;
}

export const ownFirstPath = '/auth/sign-in';
export const ownSecondPath = '/auth/sign-in/second-factor';

export interface PasskeyUrls {
  /** On a sign-in page; `uid` is that of the interaction, if there is one. */
  first(uid?: string): PasskeyUrl;
  /** After the password; `undefined`: the user has no passkey. */
  second(userId: string, uid?: string): Promise<PasskeyUrl | undefined>;
}

export function createPasskeyUrls(own: OwnPages, passkeys: Passkeys): PasskeyUrls {
  const way = (path: string) => ({
    action: own.address(`${path}/passkey`),
    optionsAction: own.address(`${path}/passkey/options`),
  });
  return {
    first: (uid) => way(uid ? `/auth/interaction/${uid}` : ownFirstPath),
    async second(userId, uid) {
      if ((await passkeys.signInMethods(userId)).passkeys === 0) return undefined;
      return way(uid ? `/auth/interaction/${uid}/second-factor` : ownSecondPath);
    },
  };
}

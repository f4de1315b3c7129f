// The cookie that marks a browser in which an administrator is signed in as a user. The session of an
// impersonation is refused without it, so that no page can be shown without the banner.
import type { Context } from '#http/context.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import { AppError } from '#platform/errors.ts';
import { ownCookie } from '#platform/request/own-cookie.ts';
import { isUuid } from '#platform/uuid.ts';

export interface ImpersonationCookieOptions {
  readonly issuerUrl: URL;
  readonly keyring: Keyring;
}

const context = 'impersonation';

export function createImpersonationCookie({ issuerUrl, keyring }: ImpersonationCookieOptions) {
  const { name, attributes: shared } = ownCookie(issuerUrl, 'impersonation');
  const attributes = { ...shared, signed: false };

  function open(value: string): string | undefined {
    try {
      const id = keyring.open(value, context).toString();
      return isUuid(id) ? id : undefined;
    } catch (error) {
      // Forged, or sealed with a key that was removed.
      if (error instanceof AppError) return undefined;
      throw error;
    }
  }

  return {
    /** The id of the impersonation, which may have ended. */
    read({ cookies }: Pick<Context, 'cookies'>): string | undefined {
      const value = cookies.get(name, { signed: false });
      return value === undefined ? undefined : open(value);
    },
    /** A session cookie, like that of the session itself. */
    set({ cookies }: Pick<Context, 'cookies'>, id: string): void {
      cookies.set(name, keyring.seal(id, context), attributes);
    },
    clear({ cookies }: Pick<Context, 'cookies'>): void {
      cookies.set(name, null, attributes);
    },
  };
}

export type ImpersonationCookie = ReturnType<typeof createImpersonationCookie>;

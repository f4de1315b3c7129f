// The cookies in which a browser remembers its parked sessions, at most five: encrypted, authenticated and
// unreadable for scripts. Sessions that end with the browser are in a separate session cookie. The names are
// those at the time of parking, so that a stolen cookie never reveals a later address of the user.
import type { Context } from '#http/context.ts';
import { AppError } from '#platform/errors.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import { ownCookie } from '#platform/request/own-cookie.ts';

export interface ParkedAccount {
  /** The cookie value of the session. */
  readonly id: string;
  readonly uid: string;
  readonly userId: string;
  readonly email: string;
  readonly name: string | undefined;
  /** True if the session ends with the browser. */
  readonly transient: boolean;
}

export const maxParked = 5;

/** How long a signed-out account stays in the list. */
const lifeMilliseconds = 90 * 24 * 60 * 60 * 1000;
const context = 'parked accounts';
/** Keeps the cookie below the 4096 bytes that browsers accept. */
const maxCharacters = { email: 120, name: 40 };

export interface AccountCookieDependencies {
  readonly issuerUrl: URL;
  readonly keyring: Keyring;
}

export function createAccountCookie({ issuerUrl, keyring }: AccountCookieDependencies) {
  const { name: prefix, attributes: shared } = ownCookie(issuerUrl, 'accounts');
  const cookies = [
    { name: prefix, transient: false, maxAge: lifeMilliseconds },
    { name: `${prefix}-now`, transient: true, maxAge: undefined },
  ] as const;
  const attributes = { ...shared, signed: false };

  function open(value: string | undefined): string {
    if (value === undefined) return '[]';
    try {
      return keyring.open(value, context).toString();
    } catch (error) {
      // Forged, or sealed with a key that was removed.
      if (error instanceof AppError) return '[]';
      throw error;
    }
  }

  return {
    /** True if the browser has such a cookie; its content is not examined. */
    isPresent: ({ cookies: sent }: Pick<Context, 'cookies'>): boolean =>
      cookies.some(({ name }) => sent.get(name, { signed: false }) !== undefined),
    read({ cookies: sent }: Pick<Context, 'cookies'>): readonly ParkedAccount[] {
      return cookies.flatMap(({ name, transient }) => {
        const entries: unknown = JSON.parse(open(sent.get(name, { signed: false })));
        return (entries as string[][]).map((entry) => parkedFrom(entry, transient)); // only write() seals
      });
    },
    /** The most recently parked first; older ones than the limit are dropped. */
    write({ cookies: sent }: Pick<Context, 'cookies'>, accounts: readonly ParkedAccount[]): void {
      const kept = accounts.slice(0, maxParked);
      for (const { name, transient, maxAge } of cookies) {
        const entries = kept.filter((each) => each.transient === transient).map(entryOf);
        if (entries.length > 0) {
          const life = maxAge === undefined ? {} : { maxAge };
          sent.set(name, keyring.seal(JSON.stringify(entries), context), {
            ...attributes,
            ...life,
          });
        } else if (sent.get(name, { signed: false }) !== undefined) {
          sent.set(name, null, attributes);
        }
      }
    },
  };
}

export type AccountCookie = ReturnType<typeof createAccountCookie>;

function entryOf({ id, uid, userId, email, name = '' }: ParkedAccount): readonly string[] {
  const short = name.slice(0, maxCharacters.name).toWellFormed();
  return [id, uid, userId, email.slice(0, maxCharacters.email), short];
}

function parkedFrom(entry: readonly string[], transient: boolean): ParkedAccount {
  const [id = '', uid = '', userId = '', email = '', name = ''] = entry;
  return { id, uid, userId, email, name: name === '' ? undefined : name, transient };
}

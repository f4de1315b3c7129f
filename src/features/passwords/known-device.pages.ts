// Remembers in the browser which accounts have signed in there: a signed cookie with one entry per
// account. It grants no access; it only gives the owner a separate failure counter that an attacker
// cannot fill.
import { createHmac } from 'node:crypto';
import { canonicalEmail } from '#core/users/email-addresses.ts';
import { equalBytes, randomToken } from '#platform/crypto/hashing.ts';
import type { Context } from '#http/context.ts';

/** Accounts remembered per browser. */
const rememberedAccounts = 5;
const lifeMilliseconds = 400 * 24 * 60 * 60 * 1000;
const wellFormed = /^[\w-]{22}\.[\w-]{43}$/;

export interface KnownDeviceDependencies {
  /** The first key signs, all keys verify. */
  readonly cookieKeys: readonly string[];
  readonly issuer: string;
}

export function createKnownDevice({ cookieKeys, issuer }: KnownDeviceDependencies) {
  const secure = issuer.startsWith('https:');
  const name = secure ? '__Host-ostiary-known' : 'ostiary-known';

  function proof(device: string, login: string, key: string): string {
    const account = canonicalEmail(login);
    return createHmac('sha256', key)
      .update(`known device\n${device}\n${account}`)
      .digest('base64url');
  }

  function entries(ctx: Context): readonly string[] {
    const value = ctx.cookies.get(name, { signed: false }) ?? '';
    return value
      .split('~')
      .filter((entry) => wellFormed.test(entry))
      .slice(0, rememberedAccounts);
  }

  function isFor(entry: string, login: string): boolean {
    const [device = '', mac = ''] = entry.split('.');
    return cookieKeys.some((key) => equalBytes(mac, proof(device, login, key)));
  }

  return {
    /** The id of this browser for the account; `undefined`: unknown device. */
    find(ctx: Context, login: string): string | undefined {
      return entries(ctx)
        .find((entry) => isFor(entry, login))
        ?.split('.')[0];
    },
    /** Call after a successful sign-in. */
    remember(ctx: Context, login: string): void {
      const [key] = cookieKeys;
      if (key === undefined) return;
      const device = randomToken(16);
      const others = entries(ctx).filter((entry) => !isFor(entry, login));
      const value = [`${device}.${proof(device, login, key)}`, ...others].slice(
        0,
        rememberedAccounts,
      );
      ctx.cookies.set(name, value.join('~'), {
        httpOnly: true,
        secure,
        sameSite: 'lax',
        path: '/',
        signed: false,
        maxAge: lifeMilliseconds,
      });
    },
  };
}

export type KnownDevice = ReturnType<typeof createKnownDevice>;

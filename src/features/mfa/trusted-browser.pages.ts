// The cookie of a browser that is trusted with the second factor of up to five users, and the
// requests that may rely on it. Each trust has a token of its own, so that a token that was planted
// in the browser never becomes trusted.
import { twoFactorAcr } from '#core/sessions/authentication.ts';
import type { User } from '#core/users/users.ts';
import type { Context } from '#http/context.ts';
import type { Form } from '#http/request/input.ts';
import type { SignInContext } from '#features/interaction/sign-in-context.pages.ts';
import type { OpenInteraction } from '#oidc/sign-in/interactions.ts';
import type { TrustedDevices } from '#features/trusted-devices/trusted-devices.service.ts';
import { ownCookie } from '#platform/request/own-cookie.ts';

const maxTokens = 5;
const dayMilliseconds = 24 * 60 * 60 * 1000;
const wellFormed = /^[\w-]{43}(?:\.[\w-]{43}){0,4}$/;

export interface TrustedBrowserDependencies {
  readonly trustedDevices: TrustedDevices;
  readonly issuerUrl: URL;
}

export function createTrustedBrowser(dependencies: TrustedBrowserDependencies) {
  const { trustedDevices, issuerUrl } = dependencies;
  const { days } = trustedDevices;
  const { name, attributes: shared } = ownCookie(issuerUrl, 'trust');
  const attributes = { ...shared, signed: true, maxAge: days * dayMilliseconds };

  function tokensIn(ctx: Context): readonly string[] {
    const value = ctx.cookies.get(name, { signed: true }) ?? '';
    return wellFormed.test(value) ? value.split('.') : [];
  }

  return {
    /** Number of days of trust that the second step offers; `undefined` if none. */
    offeredDays: days === 0 ? undefined : days,
    /** True if the user need not enter the second factor for this sign-in in this browser. */
    async isTrusted({ ctx, open }: SignInContext, user: User): Promise<boolean> {
      if (open && asksForMore(open, user)) return false;
      return trustedDevices.isTrusted(user, tokensIn(ctx));
    },
    /** After the second factor was verified, if the user ticked the box. */
    async remember(ctx: Context, form: Form, user: User): Promise<void> {
      if (form.get('trust') !== 'yes') return;
      const token = await trustedDevices.trust(user);
      if (token === undefined) return;
      const tokens = [token, ...tokensIn(ctx)].slice(0, maxTokens);
      ctx.cookies.set(name, tokens.join('.'), attributes);
    },
  };
}

export type TrustedBrowser = ReturnType<typeof createTrustedBrowser>;

/**
 * True if the client requests a level of authentication, or a new authentication: trust is neither
 * (OpenID Connect Core §3.1.2.1, RFC 9470).
 */
function asksForMore({ params, sessionAccountId }: OpenInteraction, { id }: User): boolean {
  const { acr_values: acrValues, max_age: maxAge, prompt, claims } = params;
  const words = (value: unknown) => (typeof value === 'string' ? value.split(' ') : []);
  return (
    sessionAccountId === id ||
    maxAge !== undefined ||
    words(prompt).includes('login') ||
    words(acrValues).includes(twoFactorAcr) ||
    (typeof claims === 'string' && asksForAcr(claims))
  );
}

/** oidc-provider has validated the parameter. */
function asksForAcr(claims: string): boolean {
  const request: unknown = JSON.parse(claims);
  const { id_token: idToken } = Object(request) as { id_token?: unknown }; // any member may be absent
  return Object.hasOwn(Object(idToken), 'acr');
}

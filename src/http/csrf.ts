// CSRF protection for forms: a token in a hidden field, bound to a value that only the user's
// browser holds, and a check of the Sec-Fetch-Site and Origin headers that browsers set themselves.
import { createHmac } from 'node:crypto';
import type { Context } from './context.ts';
import type { Form } from './request/input.ts';
import { AppError } from '#platform/errors.ts';
import { equalBytes, randomToken } from '#platform/crypto/hashing.ts';

export const formTokenField = 'form_token';

/** Maximum age of a form; an older one must be loaded again before it is submitted. */
const lifetimeSeconds = 24 * 60 * 60;

const purpose = 'ostiary form token 1';
const wellFormedToken = /^([0-9a-z]{1,9})\.([\w-]{43})$/;
const wellFormedVisitor = /^[\w-]{43}$/;

interface Dependencies {
  /** The first key signs; every key verifies. */
  readonly cookieKeys: readonly string[];
  readonly issuer: string;
  readonly now: () => Date;
}

function sign(key: string, issuedAt: string, binding: string): string {
  return createHmac('sha256', key)
    .update(`${purpose}\n${issuedAt}\n${binding}`)
    .digest('base64url');
}

function refuse(reason: string): AppError {
  const message = 'This form is too old or came from another site. Please load the page again.';
  return new AppError('cross_site', message, { cause: new Error(reason) });
}

export function createCsrfProtection({ cookieKeys, issuer, now }: Dependencies) {
  const { origin, protocol, pathname } = new URL(issuer);
  const [signingKey] = cookieKeys;
  if (signingKey === undefined) throw new Error('at least one cookie key is required');
  const isHttps = protocol === 'https:';
  const visitorCookie = isHttps ? '__Host-visitor' : 'visitor';
  const nowSeconds = () => Math.floor(now().getTime() / 1000);

  function isToken(token: string, binding: string): boolean {
    const [, issuedAt, mac] = wellFormedToken.exec(token) ?? [];
    if (issuedAt === undefined || mac === undefined || binding === '') return false;
    const ageSeconds = nowSeconds() - Number.parseInt(issuedAt, 36);
    // The clock of another node may be up to a minute ahead.
    if (ageSeconds > lifetimeSeconds || ageSeconds < -60) return false;
    return cookieKeys.some((key) => equalBytes(mac, sign(key, issuedAt, binding)));
  }

  /**
   * A page cannot forge Sec-Fetch-Site; browsers without it send Origin with every POST request.
   */
  function findForeignSender(ctx: Context): string | undefined {
    const site = ctx.get('Sec-Fetch-Site');
    const sender = ctx.get('Origin');
    if (site !== '' && site !== 'same-origin') return `Sec-Fetch-Site is ${site}`;
    const isHidden = sender === 'null' && site === 'same-origin';
    const isOurs = sender === '' || sender === origin || isHidden;
    return isOurs ? undefined : 'Origin is not the issuer';
  }

  function requireOwnSite(ctx: Context): void {
    const foreign = findForeignSender(ctx);
    if (foreign !== undefined) throw refuse(foreign);
  }

  return {
    /** The value of the hidden field for a form bound to `binding`. */
    token(binding: string): string {
      const issuedAt = nowSeconds().toString(36);
      return `${issuedAt}.${sign(signingKey, issuedAt, binding)}`;
    },

    /** @throws AppError `cross_site` if the request headers name another site as the sender */
    requireOwnSite,

    /**
     * @throws AppError `cross_site` unless the form was rendered for this browser and sent by our
     * own page
     */
    requireSameOrigin(ctx: Context, form: Form, binding: string): void {
      requireOwnSite(ctx);
      if (!isToken(form.get(formTokenField), binding))
        throw refuse('the form token does not match');
    },

    /**
     * Returns a binding for a browser without a session or an interaction: a random cookie, set
     * when a form is rendered. It does not identify the user.
     */
    visitor(ctx: Context): string {
      const known = ctx.cookies.get(visitorCookie, { signed: false }) ?? '';
      if (wellFormedVisitor.test(known)) return known;
      if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return '';
      const fresh = randomToken();
      ctx.cookies.set(visitorCookie, fresh, {
        httpOnly: true,
        overwrite: true,
        path: isHttps ? '/' : pathname,
        sameSite: 'lax',
        secure: isHttps,
        signed: false,
      });
      return fresh;
    },
  };
}
export type CsrfProtection = ReturnType<typeof createCsrfProtection>;

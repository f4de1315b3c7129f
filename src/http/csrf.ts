// Proof that a posted form is one of ours, sent by the browser we gave it to: a token in a hidden
// field, bound to what only that browser has, and the headers that browsers add by themselves.
import { createHmac } from 'node:crypto';
import type { Context } from './context.ts';
import type { Form } from './request/input.ts';
import { AppError } from '#platform/errors.ts';
import { equalBytes, randomToken } from '#platform/crypto/hashing.ts';

/** The name of the hidden field. */
export const formTokenField = 'form_token';

/** A page that stayed open longer must be loaded again before it is sent. */
const lifetimeSeconds = 24 * 60 * 60;

const purpose = 'ostiary form token 1';
const wellFormedToken = /^([0-9a-z]{1,9})\.([\w-]{43})$/;
const wellFormedVisitor = /^[\w-]{43}$/;

interface Dependencies {
  /** The first signs, all verify. */
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

export function createForms({ cookieKeys, issuer, now }: Dependencies) {
  const { origin, protocol, pathname } = new URL(issuer);
  const [signingKey] = cookieKeys;
  if (signingKey === undefined) throw new Error('forms need at least one key');
  const isHttps = protocol === 'https:';
  const visitorCookie = isHttps ? '__Host-visitor' : 'visitor';
  const nowSeconds = () => Math.floor(now().getTime() / 1000);

  function isToken(token: string, binding: string): boolean {
    const [, issuedAt, mac] = wellFormedToken.exec(token) ?? [];
    if (issuedAt === undefined || mac === undefined || binding === '') return false;
    const ageSeconds = nowSeconds() - Number.parseInt(issuedAt, 36);
    // Another node's clock may be a minute ahead.
    if (ageSeconds > lifetimeSeconds || ageSeconds < -60) return false;
    return cookieKeys.some((key) => equalBytes(mac, sign(key, issuedAt, binding)));
  }

  /** Sec-Fetch-Site cannot be forged by a page; browsers without it send Origin with every post. */
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
    /** The value of the hidden field, for a form that belongs to `binding`. */
    token(binding: string): string {
      const issuedAt = nowSeconds().toString(36);
      return `${issuedAt}.${sign(signingKey, issuedAt, binding)}`;
    },

    /** Throws cross_site when a browser says that another site sent this. */
    requireOwnSite,

    /** Throws cross_site unless our own page, shown to the same browser, sent this form. */
    requireSameOrigin(ctx: Context, form: Form, binding: string): void {
      requireOwnSite(ctx);
      if (!isToken(form.get(formTokenField), binding))
        throw refuse('the form token does not match');
    },

    /**
     * A binding for people who have neither a session nor an interaction: a random cookie, set when
     * a form is shown. It says nothing about who they are.
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
export type Forms = ReturnType<typeof createForms>;

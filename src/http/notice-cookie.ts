// A cookie that carries the notice of a successful action to the page that follows the redirect. It
// holds one message key of a closed list and its signature, and is cleared when it is read.
import { createHmac } from 'node:crypto';
import { equalBytes } from '#platform/crypto/hashing.ts';
import type { Context } from './context.ts';
import { isMessageKey, type MessageKey } from './i18n/locales.ts';
import { ownCookie } from '#platform/request/own-cookie.ts';

export type NoticeKey = Extract<MessageKey, `account.notice.${string}`>;

/** Long enough for a slow connection; a notice that is read later would be confusing. */
const lifetimeMilliseconds = 2 * 60 * 1000;
const purpose = 'ostiary notice 1';

declare module 'koa' {
  interface DefaultState {
    /** The notice of the action in this request, for a page in the same response. */
    notice?: NoticeKey;
  }
}

export interface NoticeCookieOptions {
  readonly issuerUrl: URL;
  /** The first key signs; every key verifies. */
  readonly cookieKeys: readonly string[];
}

function sign(key: string, notice: string): string {
  return createHmac('sha256', key).update(`${purpose}\n${notice}`).digest('base64url');
}

function isNotice(text: string): text is NoticeKey {
  return text.startsWith('account.notice.') && isMessageKey(text);
}

export function createNoticeCookie({ issuerUrl, cookieKeys }: NoticeCookieOptions) {
  const [signingKey] = cookieKeys;
  if (signingKey === undefined) throw new Error('at least one cookie key is required');
  const { name, attributes: shared } = ownCookie(issuerUrl, 'notice');
  const attributes = { ...shared, signed: false };

  function verify(value: string): NoticeKey | undefined {
    const [, text = '', mac = ''] = /^([\w.]+)~([\w-]{43})$/.exec(value) ?? [];
    const isOurs = cookieKeys.some((key) => equalBytes(mac, sign(key, text)));
    return isOurs && isNotice(text) ? text : undefined;
  }

  return {
    set(ctx: Context, notice: NoticeKey): void {
      ctx.state.notice = notice;
      const value = `${notice}~${sign(signingKey, notice)}`;
      ctx.cookies.set(name, value, { ...attributes, maxAge: lifetimeMilliseconds });
    },
    /** Returns the notice to show, once. */
    take(ctx: Context): NoticeKey | undefined {
      const value = ctx.cookies.get(name, { signed: false });
      const notice = ctx.state.notice ?? (value === undefined ? undefined : verify(value));
      if (value !== undefined || notice !== undefined) ctx.cookies.set(name, null, attributes);
      return notice;
    },
  };
}

export type NoticeCookie = ReturnType<typeof createNoticeCookie>;

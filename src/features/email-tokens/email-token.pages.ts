// Shared by the pages that verify an email address: the context of a request for mail, messages for
// invalid codes, and the return to the client that started the sign-in.
import { AppError, isAppError } from '#platform/errors.ts';
import type { Context } from '#http/context.ts';
import type { KnownDevice } from '#features/passwords/known-device.pages.ts';
import type { EmailTokenCookie } from './email-cookie.pages.ts';
import type { InteractionPages } from '#features/interaction/interaction.pages.ts';
import { createSignInContexts } from '#features/interaction/sign-in-context.pages.ts';
import { signInPath } from '#features/interaction/sign-in-paths.ts';
import type { SitePages } from '#http/site-pages.ts';
import { defaultLocale } from '#http/i18n/locales.ts';
import { showTime } from '#http/i18n/times.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import type { CodeFault } from './email-tokens.service.ts';
import type { EmailRequestContext } from './email-tokens.ts';

export interface EmailTokenPageDependencies {
  readonly site: SitePages;
  readonly interaction: InteractionPages;
  readonly emailTokenCookie: EmailTokenCookie;
  readonly knownDevice: KnownDevice;
  readonly now: () => Date;
}

/** The outcome of a request for mail: `wait` says when the next one is possible. */
export type Requested<Outcome> =
  | { readonly isThrottled: false; readonly outcome: Outcome }
  | { readonly isThrottled: true; readonly wait: string; readonly error: AppError };

/** The query that a redirect adds after a mail was sent again. */
export const sentAgainQuery = '?notice=sent';

export function isSentAgain(ctx: Context): boolean {
  return ctx.query['notice'] === 'sent';
}

/** The form of an interaction uid of oidc-provider. */
const wellFormedUid = /^[\w-]{1,64}$/;

export const codeProblems = {
  malformed: 'problem.code.malformed',
  wrong: 'problem.code.wrong',
  over: 'problem.code.over',
} as const satisfies Record<CodeFault, MessageKey>;

export function createEmailTokenPages(dependencies: EmailTokenPageDependencies) {
  const { site, emailTokenCookie: cookie, knownDevice, now } = dependencies;
  const { reopen } = createSignInContexts(dependencies);

  return {
    binding: (ctx: Context) => cookie.read(ctx),
    /** Collects the context of a request for mail, and sets the binding cookie if needed. */
    asking(ctx: Context, email: string, uid?: string): EmailRequestContext {
      return {
        binding: cookie.ensure(ctx),
        locale: ctx.state.locale,
        interaction: uid !== undefined && wellFormedUid.test(uid) ? uid : undefined,
        address: ctx.ip,
        knownDevice: knownDevice.find(ctx, email),
      };
    },
    /**
     * Requests a mail. If too many were requested, sets Retry-After; the caller still renders the
     * page.
     */
    async request<Outcome>(ctx: Context, ask: () => Promise<Outcome>): Promise<Requested<Outcome>> {
      try {
        return { isThrottled: false, outcome: await ask() };
      } catch (error) {
        if (!isAppError(error, 'throttled')) throw error;
        const seconds = error.retryAfterSeconds ?? 60;
        ctx.set('Retry-After', String(Math.ceil(seconds)));
        const at = now();
        const next = new Date(at.getTime() + Math.max(seconds, 60) * 1000);
        const { words } = showTime(next, at, ctx.state.locale ?? defaultLocale);
        return { isThrottled: true, wait: words, error };
      }
    },
    remember: (ctx: Context, email: string) => knownDevice.remember(ctx, email),
    /** The interaction of the route if it is still open in this browser, else the account area. */
    reopen,
    /**
     * The URL of a step. That of an interaction is below its path, to which its cookie is scoped;
     * the interaction itself may have expired.
     */
    url: (uid: string | undefined, step?: string) => site.address(signInPath(uid, step)),
  };
}

export type EmailTokenPages = ReturnType<typeof createEmailTokenPages>;

export function linkExpired(): AppError {
  return new AppError('expired', 'This link or page has expired.');
}

/** For what cannot be completed while the server has no way to send mail. */
export function mailUnavailable(): AppError {
  return new AppError('mail_unavailable', 'This server does not send email yet.');
}

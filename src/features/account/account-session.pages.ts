// Access control shared by the account pages: a visitor without a session is redirected to sign-in,
// and the audit names the signed-in user as the actor of each change.
import type { AuditActor } from '#core/audit/audit.ts';
import type { Context } from '#http/context.ts';
import type { Form } from '#http/request/input.ts';
import { defaultLocale, type Locale } from '#http/i18n/locales.ts';
import type { SitePages } from '#http/site-pages.ts';
import type { SignedIn } from '#oidc/sign-in/browser-session.ts';

export interface AccountVisit extends SignedIn {
  readonly locale: Locale;
  readonly actor: AuditActor;
}

type Show = (ctx: Context, visit: AccountVisit) => Promise<void>;
type Act = (ctx: Context, visit: AccountVisit, form: Form) => Promise<void>;

export function createSessionGuard(site: SitePages) {
  async function visit(ctx: Context): Promise<AccountVisit | undefined> {
    const signedIn = await site.signedIn(ctx);
    if (!signedIn) {
      site.redirect(ctx, '/auth/sign-in');
      return undefined;
    }
    const actor = { kind: 'user', id: signedIn.user.id } as const;
    return { ...signedIn, actor, locale: ctx.state.locale ?? defaultLocale };
  }

  return {
    /** Wraps a handler that shows a page to the signed-in user. */
    shows: (show: Show) => async (ctx: Context) => {
      const found = await visit(ctx);
      if (found) await show(ctx, found);
    },
    /** Wraps a handler that takes a form from the signed-in user, after the CSRF check. */
    takes: (act: Act) => async (ctx: Context) => {
      const form = await site.readForm(ctx);
      const found = await visit(ctx);
      if (found) await act(ctx, found, form);
    },
  };
}

export type SessionGuard = ReturnType<typeof createSessionGuard>;

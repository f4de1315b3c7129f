// What the pages of an account share: whoever is not signed in is asked to, and what a person does
// to their own account is written down as theirs.
import type { AuditActor } from '#core/audit/audit.ts';
import type { Context } from '#http/context.ts';
import type { Form } from '#http/request/input.ts';
import { defaultLocale, type Locale } from '#http/i18n/locales.ts';
import type { OwnPages } from '#http/site-pages.ts';
import type { SignedIn } from '#oidc/sign-in/browser-session.ts';

export interface AccountVisit extends SignedIn {
  readonly locale: Locale;
  readonly actor: AuditActor;
}

type Show = (ctx: Context, visit: AccountVisit) => Promise<void>;
type Act = (ctx: Context, visit: AccountVisit, form: Form) => Promise<void>;

export function createAccountDoor(own: OwnPages) {
  async function visit(ctx: Context): Promise<AccountVisit | undefined> {
    const signedIn = await own.signedIn(ctx);
    if (!signedIn) {
      own.redirect(ctx, '/auth/sign-in');
      return undefined;
    }
    const actor = { kind: 'user', id: signedIn.user.id } as const;
    return { ...signedIn, actor, locale: ctx.state.locale ?? defaultLocale };
  }

  return {
    /** A page of whoever is signed in. */
    shows: (show: Show) => async (ctx: Context) => {
      const found = await visit(ctx);
      if (found) await show(ctx, found);
    },
    /** A form of ours, sent by whoever is signed in. */
    takes: (act: Act) => async (ctx: Context) => {
      const form = await own.readForm(ctx);
      const found = await visit(ctx);
      if (found) await act(ctx, found, form);
    },
  };
}

export type AccountDoor = ReturnType<typeof createAccountDoor>;

// The context of a sign-in page. Every page for signing in exists in an interaction and in the
// account area; the context is what differs between the two: where forms post to, to what they are
// bound, which client is shown, and what follows a successful sign-in.
import { errors } from 'oidc-provider';
import type { CompleteSignIn } from '#core/sessions/authentication.ts';
import type { Context } from '#http/context.ts';
import type { ClientView } from '#http/rendering/client-view.ts';
import type { Form } from '#http/request/input.ts';
import type { SitePages } from '#http/site-pages.ts';
import type { Completion, OpenInteraction } from '#oidc/sign-in/interactions.ts';
import type { InteractionPages } from './interaction.pages.ts';
import { flowName, signInPath } from './sign-in-paths.ts';

export interface SignInContext {
  readonly ctx: Context;
  /** `undefined` in the account area. */
  readonly open: OpenInteraction | undefined;
  /** The `uid` of the interaction. */
  readonly uid: string | undefined;
  /** The name under which the records of unfinished steps are stored. */
  readonly flow: string;
  readonly client: ClientView | undefined;
  /** "Stay signed in" of the posted form, or its default. */
  readonly stays: boolean;
  /** The URL of a step; without it, of the sign-in page. */
  url(step?: string): string;
  redirect(step?: string, query?: string): void;
  /** The value to which forms and challenges are bound: the `uid`, or the visitor cookie. */
  binding(): string;
  formToken(): string;
  /**
   * Signs the user in, and redirects to the next step of the interaction or to the account.
   * `alongside` may run at the same time; by default, the session lasts as `stays` says.
   */
  complete(signIn: CompleteSignIn, completion?: Completion): Promise<void>;
}

export interface SignInContextDependencies {
  readonly site: SitePages;
  readonly interaction: InteractionPages;
}

function accountContext(
  { site }: SignInContextDependencies,
  ctx: Context,
  stays: boolean,
): SignInContext {
  return {
    ...pathsOf(site, ctx, undefined),
    open: undefined,
    client: undefined,
    stays,
    binding: () => site.visitor(ctx),
    formToken: () => site.formToken(ctx),
    async complete(signIn, completion) {
      await completion?.alongside?.();
      return site.signInAndShowAccount(ctx, signIn, completion?.stays ?? stays);
    },
  };
}

function interactionContext(
  { site, interaction }: SignInContextDependencies,
  ctx: Context,
  { open, stays }: { readonly open: OpenInteraction; readonly stays: boolean },
): SignInContext {
  return {
    ...pathsOf(site, ctx, open.uid),
    open,
    client: interaction.clientOf(open),
    stays,
    binding: () => open.uid,
    formToken: () => interaction.formTokenOf(open),
    async complete(signIn, completion) {
      const next = await interaction.signedIn(ctx, open, signIn, { stays, ...completion });
      site.lastMethod.remember(ctx, signIn);
      interaction.goOn(ctx, open, next);
    },
  };
}

function pathsOf(site: SitePages, ctx: Context, uid: string | undefined) {
  return {
    ctx,
    uid,
    flow: flowName(uid),
    url: (step?: string) => site.address(signInPath(uid, step)),
    redirect: (step?: string, query = '') => site.redirect(ctx, signInPath(uid, step) + query),
  };
}

/** The `uid` in the path. Every route names the parameter so; it is absent in the account area. */
export function uidOf(ctx: Context): string | undefined {
  return ctx['params'].uid as string | undefined;
}

export function createSignInContexts(dependencies: SignInContextDependencies) {
  const { site, interaction } = dependencies;

  /** @throws SessionNotFound if the interaction of the route is not open in this browser */
  async function open(ctx: Context): Promise<SignInContext> {
    const stays = site.staysByDefault;
    if (uidOf(ctx) === undefined) return accountContext(dependencies, ctx, stays);
    const opened = await interaction.open(ctx);
    return interactionContext(dependencies, ctx, { open: opened, stays });
  }

  /** Reads a posted form after the CSRF check. */
  async function openForm(ctx: Context): Promise<{ context: SignInContext; form: Form }> {
    if (uidOf(ctx) === undefined) {
      const form = await site.readForm(ctx);
      return { context: accountContext(dependencies, ctx, site.staysIn(form)), form };
    }
    const { open: opened, form } = await interaction.openForm(ctx);
    const stays = site.staysIn(form);
    return { context: interactionContext(dependencies, ctx, { open: opened, stays }), form };
  }

  /** Falls back to the account area if the interaction has expired or belongs to another browser. */
  async function reopen(ctx: Context): Promise<SignInContext> {
    try {
      return await open(ctx);
    } catch (error) {
      if (!(error instanceof errors.SessionNotFound)) throw error;
      return accountContext(dependencies, ctx, site.staysByDefault);
    }
  }

  return { open, openForm, reopen };
}

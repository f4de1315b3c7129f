// The context of a sign-in page. Every page for signing in exists in an interaction and in the
// account area; the context is what differs between the two: where forms post to, to what they are
// bound, which client is shown, and what follows a successful sign-in.
import { errors } from 'oidc-provider';
import type { CompleteSignIn } from '#core/sessions/authentication.ts';
import type { Context } from '#http/context.ts';
import type { ClientView } from '#http/rendering/client-view.ts';
import type { Form } from '#http/request/input.ts';
import type { SitePages } from '#http/site-pages.ts';
import type { OpenInteraction } from '#oidc/sign-in/interactions.ts';
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
  /** The URL of a step; without it, of the sign-in page. */
  url(step?: string): string;
  redirect(step?: string, query?: string): void;
  /** The value to which forms and challenges are bound: the `uid`, or the visitor cookie. */
  binding(): string;
  formToken(): string;
  /**
   * Signs the user in, and redirects to the next step of the interaction or to the account.
   * `alongside` may run at the same time.
   */
  complete(signIn: CompleteSignIn, alongside?: () => Promise<void>): Promise<void>;
}

export interface SignInContextDependencies {
  readonly site: SitePages;
  readonly interaction: InteractionPages;
}

function accountContext({ site }: SignInContextDependencies, ctx: Context): SignInContext {
  return {
    ...pathsOf(site, ctx, undefined),
    open: undefined,
    client: undefined,
    binding: () => site.visitor(ctx),
    formToken: () => site.formToken(ctx),
    async complete(signIn, alongside) {
      await alongside?.();
      return site.signInAndShowAccount(ctx, signIn);
    },
  };
}

function interactionContext(
  { site, interaction }: SignInContextDependencies,
  ctx: Context,
  open: OpenInteraction,
): SignInContext {
  return {
    ...pathsOf(site, ctx, open.uid),
    open,
    client: interaction.clientOf(open),
    binding: () => open.uid,
    formToken: () => interaction.formTokenOf(open),
    async complete(signIn, alongside) {
      const next = await interaction.signedIn(ctx, open, signIn, alongside);
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
    if (uidOf(ctx) === undefined) return accountContext(dependencies, ctx);
    return interactionContext(dependencies, ctx, await interaction.open(ctx));
  }

  /** Reads a posted form after the CSRF check. */
  async function openForm(ctx: Context): Promise<{ context: SignInContext; form: Form }> {
    if (uidOf(ctx) === undefined) {
      const form = await site.readForm(ctx);
      return { context: accountContext(dependencies, ctx), form };
    }
    const { open: opened, form } = await interaction.openForm(ctx);
    return { context: interactionContext(dependencies, ctx, opened), form };
  }

  /** Falls back to the account area if the interaction has expired or belongs to another browser. */
  async function reopen(ctx: Context): Promise<SignInContext> {
    try {
      return await open(ctx);
    } catch (error) {
      if (error instanceof errors.SessionNotFound) return accountContext(dependencies, ctx);
      throw error;
    }
  }

  return { open, openForm, reopen };
}

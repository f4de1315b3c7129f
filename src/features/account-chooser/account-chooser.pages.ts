// The page on which the user chooses between the accounts of this browser, in an interaction and in
// the account area. How an account becomes the active one is in oidc/sessions/browser-accounts.ts.
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type Router from '@koa/router';
import type { Context } from '#http/context.ts';
import type { Form } from '#http/request/input.ts';
import type { ClientView } from '#http/rendering/client-view.ts';
import { type FormLocals, defineView } from '#http/rendering/view.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import type { SitePages } from '#http/site-pages.ts';
import type { InteractionPages } from '#features/interaction/interaction.pages.ts';
import {
  createSignInContexts,
  type SignInContext,
} from '#features/interaction/sign-in-context.pages.ts';
import type { BrowserAccount, BrowserAccounts } from '#oidc/sessions/browser-accounts.ts';

export interface AccountChooserLocals extends FormLocals {
  readonly client?: ClientView | undefined;
  readonly problem?: MessageKey | undefined;
  readonly accounts: readonly BrowserAccount[];
  readonly removeAction: string;
  /**
   * The sign-in page; with the parameter `account`, for one account of the list, or for another account
   * (`other`).
   */
  readonly signInHref: string;
  /** Signs out of every account; only in the account area. */
  readonly signOutAction?: string | undefined;
  readonly cancelAction?: string | undefined;
}

export const accountChooserView = defineView<AccountChooserLocals>(
  'account-chooser/account-chooser',
);

export interface AccountChooserDependencies {
  readonly site: SitePages;
  readonly interaction: InteractionPages;
  readonly browserAccounts: BrowserAccounts;
}

/** Below the sign-in page of an interaction. */
const step = 'account';
const areaPath = '/auth/accounts';

/** The account that the client's hint names comes first. */
function inOrder(
  accounts: readonly BrowserAccount[],
  { open }: SignInContext,
): readonly BrowserAccount[] {
  const hint = open?.params['login_hint'];
  if (typeof hint !== 'string') return accounts;
  const isMeant = ({ email }: BrowserAccount) => email.toLowerCase() === hint.trim().toLowerCase();
  return accounts.toSorted((a, b) => Number(isMeant(b)) - Number(isMeant(a)));
}

async function show(
  { site, browserAccounts }: AccountChooserDependencies,
  context: SignInContext,
  { problem, status }: { readonly problem?: MessageKey; readonly status?: number } = {},
): Promise<void> {
  const { ctx, open, client } = context;
  const accounts = inOrder(await browserAccounts.list(ctx), context);
  const path = open ? context.url(step) : site.address(areaPath);
  const signInHref = open ? context.url('sign-in') : context.url();
  if (accounts.length === 0) return context.redirect('sign-in', '?account=other');
  const locals = {
    action: path,
    formToken: context.formToken(),
    client,
    problem,
    accounts,
    removeAction: `${path}/remove`,
    signInHref,
    signOutAction: open ? undefined : `${path}/sign-out`,
    cancelAction: open && context.url('cancel'),
  };
  return site.render(ctx, accountChooserView, locals, status);
}

/** Makes the account the active one, and continues the interaction or shows the account. */
async function choose(
  dependencies: AccountChooserDependencies,
  context: SignInContext,
  form: Form,
): Promise<void> {
  const { site, interaction, browserAccounts } = dependencies;
  const { ctx, open } = context;
  const uid = form.get('account');
  const active = await site.signedIn(ctx);
  const isActive = active?.sessionUid === uid;
  const session = isActive
    ? { uid, userId: active.user.id, acr: active.acr, amr: active.amr }
    : await browserAccounts.activate(ctx, uid);
  if (!session) {
    return show(dependencies, context, { problem: 'account-chooser.problem.ended', status: 409 });
  }
  if (!open) return site.redirect(ctx, '/auth/account');
  return interaction.goOn(ctx, open, await interaction.chosen(open, session));
}

export function addAccountChooserPages(
  router: Router,
  dependencies: AccountChooserDependencies,
): void {
  const { browserAccounts, site } = dependencies;
  const contexts = createSignInContexts(dependencies);

  async function open(ctx: Context): Promise<void> {
    return show(dependencies, await contexts.open(ctx));
  }

  async function submit(ctx: Context): Promise<void> {
    const { context, form } = await contexts.openForm(ctx);
    return choose(dependencies, context, form);
  }

  async function remove(ctx: Context): Promise<void> {
    const { context, form } = await contexts.openForm(ctx);
    await browserAccounts.remove(ctx, form.get('account'));
    return context.open ? context.redirect(step) : site.redirect(ctx, areaPath);
  }

  router.post(`${areaPath}/sign-out`, unlimited('limitedRequest'), async (ctx) => {
    await contexts.openForm(ctx);
    await browserAccounts.endAll(ctx);
    site.redirect(ctx, '/oauth2/logout/success');
  });

  router.get(areaPath, open);
  router.post(areaPath, unlimited('limitedRequest'), submit);
  router.post(`${areaPath}/remove`, unlimited('limitedRequest'), remove);
  router.get(`/auth/interaction/:uid/${step}`, open);
  router.post(`/auth/interaction/:uid/${step}`, unlimited('limitedRequest'), submit);
  router.post(`/auth/interaction/:uid/${step}/remove`, unlimited('limitedRequest'), remove);
}

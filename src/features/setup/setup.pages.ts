// The page behind the one-time setup link: creates the first administrator.
import { limit } from '#http/rate-limit/route-limit.ts';
import type Router from '@koa/router';
import { signedInToNewAccount } from '#core/sessions/authentication.ts';
import { isAppError } from '#platform/errors.ts';
import type { Context } from '#http/context.ts';
import type { Form } from '#http/request/input.ts';
import type { Setup } from './setup.service.ts';
import {
  makeAccount,
  noValues,
  type NewAccountProblems,
  type NewAccountLocals,
} from '#features/registration/new-account-form.pages.ts';
import type { SitePages } from '#http/site-pages.ts';
import { defineView } from '#http/rendering/view.ts';

export type SetupLocals = NewAccountLocals;

export const setupView = defineView<SetupLocals>('setup/setup');

export interface SetupEndedLocals {
  readonly signInHref: string;
}

/** The same for a link that has expired, was used, was replaced or never existed. */
export const setupEndedView = defineView<SetupEndedLocals>('setup/setup-ended');

export interface SetupPageDependencies {
  readonly site: SitePages;
  readonly setup: Setup;
  readonly minimumPasswordLength: number;
}

interface SetupState {
  readonly values: typeof noValues;
  readonly problems: NewAccountProblems;
}

export function addSetupPages(router: Router, dependencies: SetupPageDependencies): void {
  const { site, setup, minimumPasswordLength } = dependencies;

  function showEnded(ctx: Context): void {
    site.render(ctx, setupEndedView, { signInHref: site.address('/auth/admin') }, 400);
  }

  function show(ctx: Context, token: string, state: SetupState, status = 200): void {
    const locals = {
      action: site.address(`/auth/setup/${encodeURIComponent(token)}`),
      formToken: site.formToken(ctx),
      values: state.values,
      problems: state.problems,
      minimumPasswordLength,
    };
    site.render(ctx, setupView, locals, status);
  }

  /** Another request may use the link first. */
  async function makeOrEnd(form: Form, token: string) {
    try {
      return await makeAccount(form, {}, (request) => setup.use(token, request));
    } catch (error) {
      if (isAppError(error, 'expired')) return 'ended' as const;
      throw error;
    }
  }

  router.get('/auth/setup/:token', async (ctx) => {
    const token = String(ctx.params['token']);
    if (!(await setup.isUsable(token))) return showEnded(ctx);
    return show(ctx, token, { values: noValues, problems: {} });
  });

  router.post('/auth/setup/:token', limit('setup'), async (ctx) => {
    const token = String(ctx.params['token']);
    const form = await site.readForm(ctx);
    if (!(await setup.isUsable(token))) return showEnded(ctx);
    const outcome = await makeOrEnd(form, token);
    if (outcome === 'ended') return showEnded(ctx);
    if (!outcome.ok) return show(ctx, token, outcome, 422);
    // The first steps of the panel.
    await site.startSession(ctx, signedInToNewAccount(outcome.user), site.staysByDefault);
    return site.redirect(ctx, '/auth/admin/start');
  });
}

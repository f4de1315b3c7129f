// The account page on which a user edits the standard claims.
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type Router from '@koa/router';
import type { Context } from '#http/context.ts';
import type { SitePages } from '#http/site-pages.ts';
import type { Profile } from './profile.service.ts';
import { type ProfileField, readProfile, showFields, valuesOf } from './profile-fields.pages.ts';
import type { SessionGuard } from '#features/account/account-session.pages.ts';
import { defineAccountView } from '#http/rendering/view.ts';

export interface AccountProfileLocals {
  readonly action: string;
  readonly formToken: string;
  readonly fields: {
    readonly person: readonly ProfileField[];
    readonly address: readonly ProfileField[];
  };
  readonly hasProblems: boolean;
  readonly accountHref: string;
}

export const accountProfileView =
  defineAccountView<AccountProfileLocals>('profile/account-profile');

export interface ProfilePageDependencies {
  readonly site: SitePages;
  readonly guard: SessionGuard;
  readonly profile: Profile;
}

const path = '/auth/account/profile';

export function addProfilePages(router: Router, dependencies: ProfilePageDependencies): void {
  const { site, guard, profile } = dependencies;

  function show(ctx: Context, fields: ReturnType<typeof showFields>, status = 200): void {
    const locals = {
      action: site.address(path),
      formToken: site.formToken(ctx),
      fields,
      hasProblems: status !== 200,
      accountHref: site.address('/auth/account'),
    };
    site.render(ctx, accountProfileView, locals, status);
  }

  router.get(
    path,
    guard.shows(async (ctx, { user }) => show(ctx, showFields(valuesOf(user.claims)))),
  );

  router.post(
    path,
    unlimited('signedIn'),
    guard.takes(async (ctx, { user }, form) => {
      const read = readProfile(form, user.claims);
      if (!read.ok) return show(ctx, showFields(read.values, read.faults), 422);
      await profile.change(user, read.claims);
      site.notify(ctx, 'account.notice.profile_saved');
      site.redirect(ctx, '/auth/account');
    }),
  );
}

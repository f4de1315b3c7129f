// The account page on which a user edits the standard claims.
import type Router from '@koa/router';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type { Context } from '#http/context.ts';
import type { OwnPages } from '#http/site-pages.ts';
import type { Profile } from './profile.service.ts';
import { readProfile, showFields, valuesOf } from './profile-fields.pages.ts';
import type { SessionGuard } from '#features/account/account-session.pages.ts';

export interface ProfilePageDependencies {
  readonly own: OwnPages;
  readonly guard: SessionGuard;
  readonly profile: Profile;
}

const path = '/auth/account/profile';

export function addProfilePages(router: Router, dependencies: ProfilePageDependencies): void {
  const { own, guard, profile } = dependencies;

  function show(ctx: Context, fields: ReturnType<typeof showFields>, status = 200): void {
    const locals = {
      action: own.address(path),
      formToken: own.formToken(ctx),
      fields,
      hasProblems: status !== 200,
      accountHref: own.address('/auth/account'),
    };
    own.render(ctx, 'account-profile', locals, status);
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
      own.redirect(ctx, '/auth/account');
    }),
  );
}

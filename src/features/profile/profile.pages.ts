// The account pages on which a user edits the standard claims, one page per part of the profile.
import type Router from '@koa/router';
import type { Config } from '#config/config.ts';
import type { User } from '#core/users/users.ts';
import type { PictureUrls } from '#core/users/pictures/picture-urls.ts';
import type { SessionGuard } from '#features/account/account-session.pages.ts';
import type { Context } from '#http/context.ts';
import { defaultLocale, type MessageKey } from '#http/i18n/locales.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import { defineAccountView } from '#http/rendering/view.ts';
import type { SitePages } from '#http/site-pages.ts';
import { AppError } from '#platform/errors.ts';
import { readPage } from './fields/form.pages.ts';
import {
  inputsOf,
  showSections,
  type Inputs,
  type Problems,
  type ProfileSection,
} from './fields/profile-fields.pages.ts';
import { addPicturePages, presentPicture, type PictureLocals } from './pictures.pages.ts';
import type { Pictures } from './pictures.service.ts';
import {
  editableClaims,
  profileParts,
  visibleParts,
  type ProfilePart,
} from './profile-sections.ts';
import type { Profile } from './profile.service.ts';

export interface AccountProfileLocals {
  readonly action: string;
  readonly formToken: string;
  /** The pages of the profile; absent if there is only this one. */
  readonly tabs?: readonly ProfileTab[] | undefined;
  readonly picture?: PictureLocals | undefined;
  readonly sections: readonly ProfileSection[];
  readonly canSave: boolean;
  readonly hasProblems: boolean;
}

export interface ProfileTab {
  readonly id: ProfilePart;
  readonly href: string;
  readonly label: MessageKey;
  readonly isCurrent: boolean;
}

export const accountProfileView =
  defineAccountView<AccountProfileLocals>('profile/account-profile');

export interface ProfilePageDependencies {
  readonly site: SitePages;
  readonly guard: SessionGuard;
  readonly profile: Profile;
  readonly pictures: Pictures;
  readonly pictureUrls: PictureUrls;
  readonly config: Pick<Config, 'profileClaims'>;
  readonly now: () => Date;
}

export interface ShownProfile {
  readonly user: User;
  readonly part: ProfilePart;
  readonly inputs?: Inputs;
  readonly problems?: Problems;
  readonly pictureProblem?: MessageKey | undefined;
  readonly status?: number;
}

function pathOf(part: ProfilePart): string {
  return part === 'general' ? '/auth/account/profile' : `/auth/account/profile/${part}`;
}

function tabsOf(
  { site, config }: ProfilePageDependencies,
  current: ProfilePart,
): readonly ProfileTab[] | undefined {
  const parts = visibleParts(config.profileClaims);
  if (parts.length < 2) return undefined;
  return parts.map((id) => ({
    id,
    href: site.address(pathOf(id)),
    label: `account-profile.tab.${id}` as const,
    isCurrent: id === current,
  }));
}

function showPart(dependencies: ProfilePageDependencies, ctx: Context, shown: ShownProfile): void {
  const { site, config } = dependencies;
  const { user, part, problems = {}, pictureProblem, status = 200 } = shown;
  const locale = ctx.state.locale ?? defaultLocale;
  const access = config.profileClaims;
  const { claims } = user;
  const { inputs = inputsOf(claims, locale) } = shown;
  const locals = {
    action: site.address(pathOf(part)),
    formToken: site.formToken(ctx),
    tabs: tabsOf(dependencies, part),
    picture: part === 'general' ? presentPicture(dependencies, user, pictureProblem) : undefined,
    sections: showSections({ part, access, claims, inputs, problems, locale }),
    canSave: editableClaims(part, access).length > 0,
    hasProblems: Object.keys(problems).length > 0,
  };
  site.render(ctx, accountProfileView, locals, status);
}

function addPart(router: Router, dependencies: ProfilePageDependencies, part: ProfilePart): void {
  const { site, guard, profile, config, now } = dependencies;
  const path = pathOf(part);
  const access = config.profileClaims;
  const [first] = visibleParts(access);
  const isVisible = visibleParts(access).includes(part);

  router.get(
    path,
    guard.shows(async (ctx, { user }) => {
      if (first === undefined) throw new AppError('not_found', 'There is nothing to show.');
      if (!isVisible) return site.redirect(ctx, pathOf(first));
      return showPart(dependencies, ctx, { user, part });
    }),
  );

  router.post(
    path,
    unlimited('signedIn'),
    guard.takes(async (ctx, { user, locale }, form) => {
      const claims = editableClaims(part, access);
      const read = readPage({ form, claims, known: user.claims, locale, now: now() });
      if (!read.ok) return showPart(dependencies, ctx, { user, part, ...read, status: 422 });
      await profile.change(user, read.change);
      const { locale: language } = read.change;
      if ('locale' in read.change && language !== user.claims.locale) {
        site.pageLocale.follow(ctx, language);
      }
      site.notify(ctx, 'account.notice.profile_saved');
      site.redirect(ctx, path);
    }),
  );
}

export function addProfilePages(router: Router, dependencies: ProfilePageDependencies): void {
  for (const part of profileParts) addPart(router, dependencies, part);
  addPicturePages(router, {
    ...dependencies,
    show: (ctx, user, pictureProblem) =>
      showPart(dependencies, ctx, { user, part: 'general', pictureProblem, status: 422 }),
  });
}

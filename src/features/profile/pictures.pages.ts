// Uploads and removes the picture of the signed-in user, and serves pictures to every site: clients
// find the URL in the `picture` claim.
import type Router from '@koa/router';
import type { Config } from '#config/config.ts';
import type { PictureUrls } from '#core/users/pictures/picture-urls.ts';
import { readPictureFile } from '#core/users/pictures/picture-urls.ts';
import type { SignedInUser, User } from '#core/users/users.ts';
import type { SessionGuard } from '#features/account/account-session.pages.ts';
import type { Context } from '#http/context.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import { limit, unlimited } from '#http/rate-limit/route-limit.ts';
import type { SitePages } from '#http/site-pages.ts';
import { AppError, isAppError } from '#platform/errors.ts';
import { imageMediaTypes } from '#platform/images/image-format.ts';
import { imageLimits } from '#platform/images/square-image.ts';
import type { PictureRefusal, Pictures } from './pictures.service.ts';

/** Maximum size of an upload; a photo from a current phone has 3 to 8 megabytes. */
export const maxPictureMegabytes = 10;

/** Equal to the time that the HTTP server allows for a request. */
const uploadSeconds = 20;
const uploadLimits = {
  maxFileBytes: maxPictureMegabytes * 1024 * 1024,
  timeSeconds: uploadSeconds,
};
const fileField = 'picture';
const path = '/auth/account/profile/picture';
/** The URL of a picture changes with its content; a removed picture disappears from caches within a week. */
const cacheControl = 'public, max-age=604800, immutable';

export interface PictureLocals {
  /** If absent, the page shows the initial of the name. */
  readonly href?: string | undefined;
  readonly name: string;
  /** Absent if users may not change it. */
  readonly uploadAction?: string | undefined;
  readonly removeAction?: string | undefined;
  /** The host of a picture that was not uploaded here. */
  readonly host?: string | undefined;
  readonly accept: string;
  readonly maxMegabytes: number;
  readonly minSidePixels: number;
  readonly maxSidePixels: number;
  readonly problem?: MessageKey | undefined;
}

interface Presentation {
  readonly site: SitePages;
  readonly pictureUrls: PictureUrls;
  readonly config: Pick<Config, 'profileClaims'>;
}

export function presentPicture(
  { site, pictureUrls, config }: Presentation,
  { claims, email }: User,
  problem?: MessageKey,
): PictureLocals | undefined {
  const access = config.profileClaims.picture;
  if (access === undefined) return undefined;
  const isEditable = access === 'edit';
  const href = pictureUrls.pagePath(claims);
  const elsewhere = href === undefined && claims.picture ? claims.picture : undefined;
  const hasPicture = claims.picture !== undefined;
  return {
    href,
    name: claims.name ?? email,
    uploadAction: isEditable ? site.address(path) : undefined,
    removeAction: isEditable && hasPicture ? site.address(`${path}/remove`) : undefined,
    host: elsewhere && URL.parse(elsewhere)?.host,
    accept: imageMediaTypes.join(','),
    maxMegabytes: maxPictureMegabytes,
    minSidePixels: imageLimits.minSidePixels,
    maxSidePixels: imageLimits.maxSidePixels,
    problem,
  };
}

export interface PicturePageDependencies extends Presentation {
  readonly guard: SessionGuard;
  readonly pictures: Pictures;
  /** Shows the page with the form again. */
  readonly show: (ctx: Context, user: User, problem: MessageKey) => void;
}

type UploadProblem = PictureRefusal | 'empty' | 'large';

async function upload(
  { site, pictures }: PicturePageDependencies,
  ctx: Context,
  user: SignedInUser,
): Promise<UploadProblem | undefined> {
  try {
    const { file } = await site.readUpload(ctx, { ...uploadLimits, fileField });
    return file.length === 0 ? 'empty' : await pictures.replace(user, file);
  } catch (error) {
    if (isAppError(error, 'too_large')) return 'large';
    throw error;
  }
}

export function addPicturePages(router: Router, dependencies: PicturePageDependencies): void {
  const { site, guard, pictures, show } = dependencies;
  const profilePath = '/auth/account/profile';

  router.post(
    path,
    limit('pictures'),
    // The session is checked before the file is read.
    guard.shows(async (ctx, { user }) => {
      const problem = await upload(dependencies, ctx, user);
      if (problem) return show(ctx, user, `account-profile.problem.picture.${problem}`);
      site.notify(ctx, 'account.notice.picture_saved');
      return site.redirect(ctx, profilePath);
    }),
  );

  router.post(
    `${path}/remove`,
    unlimited('signedIn'),
    guard.takes(async (ctx, { user }) => {
      await pictures.remove(user);
      site.notify(ctx, 'account.notice.picture_removed');
      site.redirect(ctx, profilePath);
    }),
  );

  router.get('/auth/pictures/:file', async (ctx) => {
    const file = readPictureFile(String(ctx.params['file']));
    const bytes = file && (await pictures.find(file));
    if (!bytes) throw new AppError('not_found', 'Picture not found.');
    ctx.set('Cache-Control', cacheControl);
    ctx.set('Cross-Origin-Resource-Policy', 'cross-origin');
    ctx.type = 'image/jpeg';
    ctx.body = bytes;
  });
}

// Functions shared by the pages outside an authorization request: URLs, redirects, form tokens for
// a browser without a session, and starting a session.
import { AppError } from '#platform/errors.ts';
import type { CompleteSignIn } from '#core/sessions/authentication.ts';
import type { Context } from './context.ts';
import type { LastMethod } from './last-method-cookie.ts';
import type { TokenCookie } from './token-cookie.ts';
import type { CsrfProtection } from './csrf.ts';
import { readForm, type Form } from './request/input.ts';
import { collectBytes, defaultBodyLimits } from './request/body-bytes.ts';
import {
  multipartType,
  overheadBytes,
  parseMultipart,
  type Upload,
  type UploadLimits,
} from './request/multipart.ts';
import type { MessageKey } from './i18n/locales.ts';
import type { PageLocale } from './i18n/page-locale.ts';
import type { NoticeCookie, NoticeKey } from './notice-cookie.ts';
import type { FramedUser, NavigationGroup } from './rendering/page-frame.ts';
import type { PictureUrls } from '#core/users/pictures/picture-urls.ts';
import type { ImpersonationBanner, Render } from './rendering/render.ts';
import type { View } from './rendering/view.ts';
import type { BrowserSession, SignedIn } from '#oidc/sign-in/browser-session.ts';

declare module 'koa' {
  interface DefaultState {
    /** The signed-in user, for the navigation. */
    framedUser?: FramedUser;
    impersonation?: ImpersonationBanner;
  }
}

export interface SitePageDependencies {
  readonly basePath: string;
  readonly browserSession: BrowserSession;
  readonly csrf: CsrfProtection;
  readonly render: Render;
  /** Set while the user is linking an external identity to the account they sign in to. */
  readonly linkCookie: TokenCookie;
  readonly lastMethod: LastMethod;
  readonly noticeCookie: NoticeCookie;
  readonly staysByDefault: boolean;
  readonly pageLocale: PageLocale;
  readonly pictureUrls: PictureUrls;
  /** The navigation of the account pages. */
  readonly accountNavigation: (ctx: Context) => readonly NavigationGroup[];
}

export function createSitePages(dependencies: SitePageDependencies) {
  const { basePath, browserSession, csrf, render, linkCookie, lastMethod } = dependencies;
  const { noticeCookie, accountNavigation, staysByDefault, pageLocale, pictureUrls } = dependencies;
  function address(path: string): string {
    return `${basePath}${path}`;
  }

  function redirect(ctx: Context, path: string): void {
    ctx.status = 303;
    ctx.redirect(address(path));
  }

  return {
    address,
    redirect,
    render<Locals extends object>(
      ctx: Context,
      view: View<Locals>,
      locals: NoInfer<Locals>,
      status = 200,
    ): void {
      const isAccount = view.area === 'account';
      const frame = isAccount
        ? {
            navigation: accountNavigation(ctx),
            notice: noticeCookie.take(ctx),
            user: ctx.state.framedUser,
          }
        : {};
      render(ctx, view, locals, { status, frame });
    },
    /** Shows a notice once, on the account page in this response or the next one. */
    notify: (ctx: Context, notice: NoticeKey) => noticeCookie.set(ctx, notice),
    /** The binding for this browser's forms, whether or not a user is signed in. */
    visitor: (ctx: Context) => csrf.visitor(ctx),
    formToken: (ctx: Context) => csrf.token(csrf.visitor(ctx)),
    /**
     * Reads the form.
     * @throws AppError `cross_site` unless our own page in this browser sent it
     */
    async readForm(ctx: Context): Promise<Form> {
      const form = await readForm(ctx);
      csrf.requireSameOrigin(ctx, form, csrf.visitor(ctx));
      return form;
    },
    /**
     * Reads a form with one file. The route must authenticate the sender first.
     * @throws AppError `cross_site` as for a form, `too_large`, `timeout` or `invalid_input`
     */
    async readUpload(
      ctx: Context,
      { fileField, maxFileBytes, timeSeconds }: UploadLimits & { readonly fileField: string },
    ): Promise<Upload> {
      csrf.requireOwnSite(ctx);
      if (ctx.state.body !== undefined || !ctx.is(multipartType))
        throw new AppError('unsupported_media_type', 'The body must be a form with a file.');
      const sizeBytes = maxFileBytes + overheadBytes;
      const bytes = await collectBytes(ctx.req, { ...defaultBodyLimits, sizeBytes, timeSeconds });
      const contentType = ctx.get('content-type');
      const upload = await parseMultipart(contentType, bytes, { fileField, maxFileBytes });
      csrf.requireSameOrigin(ctx, upload.form, csrf.visitor(ctx));
      return upload;
    },
    lastMethod,
    startSession: (ctx: Context, signIn: CompleteSignIn, stays: boolean) =>
      browserSession.start(ctx, signIn, stays),
    /** Whether "Stay signed in" is ticked by default. */
    staysByDefault,
    /** Reads "Stay signed in", if the form contains it. */
    staysIn: (form: Form): boolean =>
      form.has('stay_asked') ? form.get('stay') === 'yes' : staysByDefault,
    async signInAndShowAccount(
      ctx: Context,
      signIn: CompleteSignIn,
      stays = staysByDefault,
    ): Promise<void> {
      await browserSession.start(ctx, signIn, stays);
      lastMethod.remember(ctx, signIn);
      redirect(ctx, linkCookie.read(ctx) ? '/auth/account/linked/new' : '/auth/account');
    },
    pageLocale,
    /** Returns the signed-in user, and switches the page to the user's language. */
    async signedIn(ctx: Context): Promise<SignedIn | undefined> {
      const found = await browserSession.read(ctx);
      if (!found) return undefined;
      const { claims, email } = found.user;
      pageLocale.useProfile(ctx, claims.locale);
      const pictureHref = pictureUrls.pagePath(claims);
      ctx.state.framedUser = { name: claims.name ?? email, email, pictureHref };
      return found;
    },
  };
}

export type SitePages = ReturnType<typeof createSitePages>;

const notifications = [
  ['password', 'sign-in.notice.password'],
  ['verified', 'sign-in.notice.verified'],
  ['link', 'with.notice.link'],
] as const;

/**
 * The confirmation to show, chosen by the `notice` query parameter from a fixed list of messages.
 */
export function noticeOf(ctx: Context): MessageKey | undefined {
  const { notice } = ctx.query;
  return notifications.find(([name]) => name === notice)?.[1];
}

const problems = [
  ['passkey', 'problem.passkey.refused'],
  ['passkey-unknown', 'problem.passkey.unknown'],
  ['passkey-cloned', 'problem.passkey.cloned'],
  ['refused', 'sign-in.problem.refused'],
  ['with-away', 'with.problem.away'],
  ['with-denied', 'with.problem.denied'],
  ['with-domain', 'with.problem.domain'],
  ['with-expired', 'with.problem.expired'],
  ['with-failed', 'with.problem.failed'],
  ['with-many', 'with.problem.many'],
  ['with-other', 'with.problem.other'],
  ['with-stale', 'with.problem.stale'],
  ['with-taken', 'with.problem.taken'],
] as const;

export type ProblemName = (typeof problems)[number][0];

/** The error to show, chosen by the `problem` query parameter from a fixed list of messages. */
export function problemOf(ctx: Context): MessageKey | undefined {
  const { problem } = ctx.query;
  return problems.find(([name]) => name === problem)?.[1];
}

// Pages with sample values for the preview of the brand. Unlike the real ones, they may be shown in a
// frame of this server, because they run no script and submit no form.
import { accountView } from '#features/account-overview/account-overview.pages.ts';
import { homeView } from '#features/account-overview/home.pages.ts';
import { verifyView } from '#features/email-verification/verify-code.pages.ts';
import { consentView } from '#features/interaction/consent-view.pages.ts';
import { signedOutView } from '#features/interaction/provider-pages.pages.ts';
import { secondFactorView } from '#features/mfa/second-step.pages.ts';
import { registerView } from '#features/registration/registration.pages.ts';
import { signInView } from '#features/sign-in/sign-in.pages.ts';
import type { Context } from '#http/context.ts';
import { createTranslator, defaultLocale, type MessageKey } from '#http/i18n/locales.ts';
import { errorView, homeLink } from '#http/rendering/error-view.ts';
import type { NavigationGroup } from '#http/rendering/page-frame.ts';
import type { View } from '#http/rendering/view.ts';
import type { SitePages } from '#http/site-pages.ts';

export interface SampleDependencies {
  readonly site: SitePages;
  readonly basePath: string;
  readonly accountNavigation: (ctx: Context) => readonly NavigationGroup[];
}

export interface SamplePage {
  readonly name: string;
  readonly title: MessageKey;
  readonly show: (ctx: Context, dependencies: SampleDependencies) => void;
}

const here = '#';
const form = { action: here, formToken: '' };
const client = { name: 'Acme Notes', host: 'notes.example', policyUri: here, tosUri: here };
const user = { name: 'Ada Lovelace', email: 'ada@example.org' };

function sample<Locals extends object>(
  view: View<Locals>,
  locals: (ctx: Context, dependencies: SampleDependencies) => NoInfer<Locals>,
): SamplePage {
  return {
    name: view.name,
    title: view.title,
    show(ctx, dependencies) {
      dependencies.site.render(ctx, view, locals(ctx, dependencies));
      ctx.body = withoutScript(String(ctx.body));
      allowFrame(ctx);
    },
  };
}

export const samplePages: readonly SamplePage[] = [
  sample(signInView, () => ({
    ...form,
    client,
    stays: true,
    recoverHref: here,
    registerHref: here,
    mailHref: here,
  })),
  sample(registerView, () => ({
    ...form,
    values: user,
    problems: { password: 'problem.password.too_short' as const },
    minimumPasswordLength: 12,
    signInHref: here,
  })),
  sample(verifyView, () => ({
    ...form,
    proofId: '',
    email: user.email,
    isSentAgain: true,
    againAction: here,
  })),
  sample(secondFactorView, () => ({
    ...form,
    email: user.email,
    againHref: here,
    isRecovery: false,
    otherHref: here,
  })),
  sample(consentView, (ctx) => ({
    ...form,
    client,
    account: user,
    requests: [
      { icon: 'profile' as const, text: translate(ctx, 'scope.profile') },
      { icon: 'email' as const, text: translate(ctx, 'scope.email') },
    ],
    switchAction: here,
  })),
  sample(accountView, (ctx, { accountNavigation }) => ({
    user: { ...user, emailVerified: true },
    formToken: '',
    advice: [],
    groups: accountNavigation(ctx)
      .slice(1)
      .map(({ id, label, items }) => ({ id, label, rows: items })),
    switchHref: here,
    signOutHref: here,
    keepAction: here,
  })),
  sample(homeView, () => ({ discoveryHref: here, signInHref: here, registerHref: here })),
  sample(signedOutView, () => ({ client, returnHref: here })),
  sample(errorView, (ctx, { basePath }) => ({
    code: 'not_found',
    message: translate(ctx, 'error.message.not_found'),
    requestId: ctx.state.requestId,
    nextLink: homeLink(basePath, ctx.state.locale),
  })),
];

/** The page that shows most of a brand. */
export function showSignInSample(ctx: Context, dependencies: SampleDependencies): void {
  samplePages.find(({ name }) => name === signInView.name)?.show(ctx, dependencies);
}

function translate(ctx: Context, key: MessageKey): string {
  return createTranslator(ctx.state.locale ?? defaultLocale)(key);
}

/** The policy would refuse the scripts; a browser also refuses autofocus in a frame, with a message. */
function withoutScript(html: string): string {
  return html
    .replaceAll(/<script\b[^>]*><\/script>\n?/g, '')
    .replaceAll(/ autofocus(?=[\s>])/g, '');
}

function allowFrame(ctx: Context): void {
  const policy = ctx.response
    .get('Content-Security-Policy')
    .replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    .replace("script-src 'self'", "script-src 'none'");
  ctx.set('Content-Security-Policy', `${policy};form-action 'none'`);
  ctx.set('X-Frame-Options', 'SAMEORIGIN');
}

// The second step of a sign-in, in an interaction and in the account area: a TOTP or recovery code.
// pending-mfa.service.ts stores what the first step verified.
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type Router from '@koa/router';
import { signedInWith, signedInWithCode } from '#core/sessions/authentication.ts';
import type { Context } from '#http/context.ts';
import type { Form } from '#http/request/input.ts';
import type { StepCookie } from './pending-mfa-cookie.pages.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import type { PartialSignIn, PendingSignIns } from './pending-mfa.service.ts';
import type { CodeFault } from './code-attempts.service.ts';
import type { SecondFactor } from './mfa.service.ts';
import type { InteractionPages } from '#features/interaction/interaction.pages.ts';
import {
  createSignInContexts,
  type SignInContext,
} from '#features/interaction/sign-in-context.pages.ts';
import type { PasskeyUrls, PasskeyUrl } from '#http/passkey-urls.ts';
import { problemOf, type SitePages } from '#http/site-pages.ts';
import type { TrustedBrowser } from './trusted-browser.pages.ts';
import type { ClientView } from '#http/rendering/client-view.ts';
import { defineView } from '#http/rendering/view.ts';

export interface SecondFactorLocals {
  readonly action: string;
  readonly formToken: string;
  /** The address of the account whose first factor was verified. */
  readonly email: string;
  readonly problem?: MessageKey | undefined;
  readonly trouble?: MessageKey | undefined;
  readonly client?: ClientView | undefined;
  readonly passkey?: PasskeyUrl | undefined;
  readonly againHref: string;
  /** True: the page asks for a recovery code instead of a TOTP code. */
  readonly isRecovery: boolean;
  /** The same page, with the other kind of code. */
  readonly otherHref: string;
  /** Number of days for which this browser can be trusted; `undefined` if trust is not offered. */
  readonly trustDays?: number | undefined;
}

export const secondFactorView = defineView<SecondFactorLocals>('mfa/second-factor');

export interface SecondFactorPageDependencies {
  readonly interaction: InteractionPages;
  readonly site: SitePages;
  readonly pendingSignIns: PendingSignIns;
  readonly stepCookie: StepCookie;
  readonly secondFactor: SecondFactor;
  readonly passkeyUrls: PasskeyUrls;
  readonly trustedBrowser: TrustedBrowser;
}

export const factorProblems = {
  malformed: 'problem.factor.malformed',
  wrong: 'problem.factor.wrong',
  locked: 'problem.factor.locked',
} as const satisfies Record<CodeFault, MessageKey>;

type Checked =
  | { readonly step: 'again' }
  | { readonly step: 'refused'; readonly shown: Shown }
  | { readonly step: 'done'; readonly half: PartialSignIn };

interface Shown {
  readonly half: PartialSignIn;
  readonly isRecovery: boolean;
  readonly problem?: MessageKey | undefined;
  /** Why the passkey was refused. */
  readonly trouble?: MessageKey | undefined;
  readonly status?: number;
}

/** The verified first factor; `stays` is by default that of the form. */
export type FirstStep = Omit<PartialSignIn, 'stays'> & Partial<Pick<PartialSignIn, 'stays'>>;

export interface SecondStep {
  /**
   * Redirects from a sign-in page to the second step, after the first factor was verified; or
   * completes the sign-in with that factor alone if the browser is trusted.
   */
  begin(context: SignInContext, proven: FirstStep): Promise<void>;
}

const step = 'second-factor';
/** Six digits, in groups; a recovery code is longer. */
const maxTotpLength = 8;

async function findPartial(
  { pendingSignIns, stepCookie: cookie }: SecondFactorPageDependencies,
  { ctx, flow }: SignInContext,
): Promise<PartialSignIn | undefined> {
  const token = cookie.read(ctx);
  return token === undefined ? undefined : pendingSignIns.find(token, flow);
}

async function check(
  dependencies: SecondFactorPageDependencies,
  context: SignInContext,
  form: Form,
): Promise<Checked> {
  const { secondFactor, pendingSignIns, stepCookie: cookie } = dependencies;
  const half = await findPartial(dependencies, context);
  if (!half) return { step: 'again' };
  const outcome = await secondFactor.check(half.user.id, form.get('code'));
  if (!outcome.ok) {
    const status = outcome.reason === 'locked' ? 429 : 422;
    const problem = factorProblems[outcome.reason];
    const isRecovery = form.get('code').length > maxTotpLength;
    return { step: 'refused', shown: { half, isRecovery, problem, status } };
  }
  const token = cookie.read(context.ctx);
  if (token !== undefined) await pendingSignIns.end(token);
  cookie.clear(context.ctx);
  return { step: 'done', half };
}

async function show(
  { site, passkeyUrls, trustedBrowser }: SecondFactorPageDependencies,
  context: SignInContext,
  { half, isRecovery, status, problem, trouble }: Shown,
): Promise<void> {
  const locals = {
    action: context.url(step),
    formToken: context.formToken(),
    email: half.user.email,
    client: context.client,
    problem,
    trouble,
    passkey: await passkeyUrls.second(half.user.id, context.uid),
    againHref: context.url(),
    isRecovery,
    otherHref: isRecovery ? context.url(step) : `${context.url(step)}?recovery=yes`,
    trustDays: trustedBrowser.offeredDays,
  };
  site.render(context.ctx, secondFactorView, locals, status);
}

export function addSecondFactorPages(
  router: Router,
  dependencies: SecondFactorPageDependencies,
): SecondStep {
  const { pendingSignIns, stepCookie: cookie, trustedBrowser } = dependencies;
  const contexts = createSignInContexts(dependencies);

  async function open(ctx: Context): Promise<void> {
    const context = await contexts.open(ctx);
    const half = await findPartial(dependencies, context);
    if (!half) return context.redirect();
    const isRecovery = ctx.query['recovery'] === 'yes';
    return show(dependencies, context, { half, isRecovery, trouble: problemOf(ctx) });
  }

  async function submit(ctx: Context): Promise<void> {
    const { context, form } = await contexts.openForm(ctx);
    const checked = await check(dependencies, context, form);
    if (checked.step === 'again') return context.redirect();
    if (checked.step === 'refused') return show(dependencies, context, checked.shown);
    const { first, stays, user } = checked.half;
    await trustedBrowser.remember(ctx, form, user);
    return context.complete(signedInWithCode(first, checked.half), { stays });
  }

  router.get('/auth/sign-in/second-factor', open);
  router.post('/auth/sign-in/second-factor', unlimited('throttledProof'), submit);
  router.get('/auth/interaction/:uid/second-factor', open);
  router.post('/auth/interaction/:uid/second-factor', unlimited('throttledProof'), submit);

  return {
    async begin(context, { stays = context.stays, ...proven }) {
      const half = { ...proven, stays };
      if (await trustedBrowser.isTrusted(context, half.user)) {
        return context.complete(signedInWith(half.first, half), { stays });
      }
      cookie.set(context.ctx, await pendingSignIns.begin(half, context.flow));
      context.redirect(step);
    },
  };
}

// The second step of a sign-in, for a client or for the account pages: a TOTP or recovery code.
// What was verified in the first step is in pending-mfa.service.ts.
import type Router from '@koa/router';
import { signedInWithCode } from '#core/sessions/authentication.ts';
import type { Context } from '#http/context.ts';
import type { Form } from '#http/request/input.ts';
import type { StepCookie } from './pending-mfa-cookie.pages.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import type { PartialSignIn, PendingSignIns } from './pending-mfa.service.ts';
import type { CodeFault, SecondFactor } from './mfa.service.ts';
import type { OpenInteraction } from '#oidc/sign-in/interactions.ts';
import type { InteractionPages } from '#features/interaction/interaction.pages.ts';
import {
  ownSecondPath as ownPath,
  type PasskeyUrls,
  type PasskeyUrl,
} from '#features/passkeys/passkey-urls.pages.ts';
import { problemOf, type OwnPages } from '#http/site-pages.ts';
import type { ClientView } from '#http/rendering/client-view.ts';
import { defineView } from '#http/rendering/view.ts';

export interface SecondFactorLocals {
  readonly action: string;
  readonly formToken: string;
  readonly problem?: MessageKey | undefined;
  readonly trouble?: MessageKey | undefined;
  readonly client?: ClientView | undefined;
  readonly passkey?: PasskeyUrl | undefined;
  readonly againHref: string;
}

export const secondFactorView = defineView<SecondFactorLocals>('mfa/second-factor');

export interface SecondFactorPageDependencies {
  readonly interaction: InteractionPages;
  readonly own: OwnPages;
  readonly pendingSignIns: PendingSignIns;
  readonly cookie: StepCookie;
  readonly secondFactor: SecondFactor;
  readonly passkeyUrls: PasskeyUrls;
}

/** Binding of a partial sign-in that was not requested by a client. */
export const ownBinding = 'own pages';

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
  readonly problem?: MessageKey | undefined;
  /** Why the passkey was refused. */
  readonly trouble?: MessageKey | undefined;
  readonly status?: number;
}

/** Redirects from a sign-in page to the second step, after the first factor was verified. */
export interface SecondStep {
  forApp(ctx: Context, half: PartialSignIn, uid: string): Promise<void>;
  forAccount(ctx: Context, half: PartialSignIn): Promise<void>;
}

export function addSecondFactorPages(
  router: Router,
  dependencies: SecondFactorPageDependencies,
): SecondStep {
  const { interaction, own, pendingSignIns: pending, cookie, secondFactor } = dependencies;
  const { passkeyUrls } = dependencies;

  async function half(ctx: Context, binding: string): Promise<PartialSignIn | undefined> {
    const token = cookie.read(ctx);
    return token === undefined ? undefined : pending.find(token, binding);
  }

  async function check(ctx: Context, form: Form, binding: string): Promise<Checked> {
    const found = await half(ctx, binding);
    if (!found) return { step: 'again' };
    const outcome = await secondFactor.check(found.user.id, form.get('code'));
    if (!outcome.ok) {
      const status = outcome.reason === 'locked' ? 429 : 422;
      const problem = factorProblems[outcome.reason];
      return { step: 'refused', shown: { half: found, problem, status } };
    }
    const token = cookie.read(ctx);
    if (token !== undefined) await pending.end(token);
    cookie.clear(ctx);
    return { step: 'done', half: found };
  }

  async function showOwn(ctx: Context, { half: found, status, ...shown }: Shown): Promise<void> {
    const passkey = await passkeyUrls.second(found.user.id);
    const againHref = own.address('/auth/sign-in');
    const locals = { action: own.address(ownPath), formToken: own.formToken(ctx), againHref };
    own.render(ctx, secondFactorView, { ...locals, ...shown, passkey }, status);
  }

  async function showForApp(
    ctx: Context,
    open: OpenInteraction,
    { half: found, status, ...shown }: Shown,
  ): Promise<void> {
    const passkey = await passkeyUrls.second(found.user.id, open.uid);
    const action = interaction.address(open, 'second-factor');
    const locals = { action, ...shown, passkey, againHref: interaction.address(open) };
    interaction.render(ctx, open, secondFactorView, locals, status);
  }

  router.get(ownPath, async (ctx) => {
    const found = await half(ctx, ownBinding);
    if (!found) return own.redirect(ctx, '/auth/sign-in');
    return showOwn(ctx, { half: found, trouble: problemOf(ctx) });
  });

  router.post(ownPath, async (ctx) => {
    const checked = await check(ctx, await own.readForm(ctx), ownBinding);
    if (checked.step === 'again') return own.redirect(ctx, '/auth/sign-in');
    if (checked.step === 'refused') return showOwn(ctx, checked.shown);
    return own.signInAndShowAccount(ctx, signedInWithCode(checked.half.first, checked.half));
  });

  router.get('/auth/interaction/:uid/second-factor', async (ctx) => {
    const open = await interaction.open(ctx);
    const found = await half(ctx, open.uid);
    if (!found) return interaction.startAgain(ctx, open);
    return showForApp(ctx, open, { half: found, trouble: problemOf(ctx) });
  });

  router.post('/auth/interaction/:uid/second-factor', async (ctx) => {
    const { open, form } = await interaction.openForm(ctx);
    const checked = await check(ctx, form, open.uid);
    if (checked.step === 'again') return interaction.startAgain(ctx, open);
    if (checked.step === 'refused') return showForApp(ctx, open, checked.shown);
    const signIn = signedInWithCode(checked.half.first, checked.half);
    const next = await interaction.signedIn(ctx, open, signIn);
    return interaction.goOn(ctx, open, next);
  });

  return {
    async forApp(ctx, found, uid) {
      cookie.set(ctx, await pending.begin(found, uid));
      own.redirect(ctx, `/auth/interaction/${uid}/second-factor`);
    },
    async forAccount(ctx, found) {
      cookie.set(ctx, await pending.begin(found, ownBinding));
      own.redirect(ctx, ownPath);
    },
  };
}

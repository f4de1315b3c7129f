// The second step of a sign-in, on the way to an app or to one's own account: the code from the app,
// or one on paper. What was proven before it is in services/factors/pending-sign-ins.ts.
import type Router from '@koa/router';
import { signedInWithCode } from '#domain/people/authentication.ts';
import type { Context } from '#http/context.ts';
import type { Form } from '#http/forms/input.ts';
import type { StepCookie } from '#http/forms/step-cookie.ts';
import type { MessageKey } from '#http/rendering/locales.ts';
import type { HalfSignIn, PendingSignIns } from '#services/factors/pending-sign-ins.ts';
import type { CodeFault, SecondFactor } from '#services/factors/second-factor.ts';
import type { InteractionPages } from './interaction.ts';
import type { OwnPages } from './own-pages.ts';

export interface SecondFactorPageDependencies {
  readonly interaction: InteractionPages;
  readonly own: OwnPages;
  readonly pendingSignIns: PendingSignIns;
  readonly cookie: StepCookie;
  readonly secondFactor: SecondFactor;
}

const ownPath = '/auth/sign-in/second-factor';
/** What half a sign-in belongs to that no app has asked for. */
const ownBinding = 'own pages';

export const factorProblems = {
  malformed: 'problem.factor.malformed',
  wrong: 'problem.factor.wrong',
  locked: 'problem.factor.locked',
} as const satisfies Record<CodeFault, MessageKey>;

type Checked =
  | { readonly step: 'again' }
  | { readonly step: 'refused'; readonly problem: MessageKey; readonly status: number }
  | { readonly step: 'done'; readonly half: HalfSignIn };

/** Leads there from a sign-in page, after the password was right. */
export interface SecondStep {
  forApp(ctx: Context, half: HalfSignIn, uid: string): Promise<void>;
  forAccount(ctx: Context, half: HalfSignIn): Promise<void>;
}

export function addSecondFactorPages(
  router: Router,
  dependencies: SecondFactorPageDependencies,
): SecondStep {
  const { interaction, own, pendingSignIns: pending, cookie, secondFactor } = dependencies;

  async function half(ctx: Context, binding: string): Promise<HalfSignIn | undefined> {
    const token = cookie.read(ctx);
    return token === undefined ? undefined : pending.find(token, binding);
  }

  async function check(ctx: Context, form: Form, binding: string): Promise<Checked> {
    const found = await half(ctx, binding);
    if (!found) return { step: 'again' };
    const outcome = await secondFactor.check(found.user.id, form.get('code'));
    if (!outcome.ok) {
      const status = outcome.reason === 'locked' ? 429 : 422;
      return { step: 'refused', problem: factorProblems[outcome.reason], status };
    }
    const token = cookie.read(ctx);
    if (token !== undefined) await pending.end(token);
    cookie.clear(ctx);
    return { step: 'done', half: found };
  }

  function showOwn(ctx: Context, problem?: MessageKey, status = 200): void {
    const locals = { action: own.address(ownPath), formToken: own.formToken(ctx), problem };
    own.render(
      ctx,
      'second-factor',
      { ...locals, againHref: own.address('/auth/sign-in') },
      status,
    );
  }

  router.get(ownPath, async (ctx) => {
    if (!(await half(ctx, ownBinding))) return own.redirect(ctx, '/auth/sign-in');
    return showOwn(ctx);
  });

  router.post(ownPath, async (ctx) => {
    const checked = await check(ctx, await own.readForm(ctx), ownBinding);
    if (checked.step === 'again') return own.redirect(ctx, '/auth/sign-in');
    if (checked.step === 'refused') return showOwn(ctx, checked.problem, checked.status);
    return own.signInAndShowAccount(ctx, signedInWithCode(checked.half.user));
  });

  router.get('/auth/interaction/:uid/second-factor', async (ctx) => {
    const open = await interaction.open(ctx);
    if (!(await half(ctx, open.uid))) return interaction.startAgain(ctx, open);
    return interaction.showSecondFactor(ctx, open);
  });

  router.post('/auth/interaction/:uid/second-factor', async (ctx) => {
    const { open, form } = await interaction.openForm(ctx);
    const checked = await check(ctx, form, open.uid);
    if (checked.step === 'again') return interaction.startAgain(ctx, open);
    if (checked.step === 'refused') {
      return interaction.showSecondFactor(ctx, open, checked.problem, checked.status);
    }
    const next = await interaction.signedIn(ctx, open, signedInWithCode(checked.half.user));
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

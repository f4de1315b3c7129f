// Sign-in with a passkey, for a client or for the account pages, and a passkey as second factor
// after the password. A script requests the challenge and submits the response as a form.
import type Router from '@koa/router';
import { limit } from '#http/rate-limit/route-limit.ts';
import {
  signedInWithPasskey,
  signedInWithPasskeyAfter,
  type CompleteSignIn,
} from '#core/sessions/authentication.ts';
import type { Context } from '#http/context.ts';
import type { KnownDevice } from '#features/passwords/known-device.pages.ts';
import type { StepCookie } from '#features/mfa/pending-mfa-cookie.pages.ts';
import type { PasskeyFault, PasskeySignIn } from './passkey-sign-in.service.ts';
import type { PartialSignIn, PendingSignIns } from '#features/mfa/pending-mfa.service.ts';
import type { InteractionPages } from '#features/interaction/interaction.pages.ts';
import type { OwnPages, ProblemName } from '#http/site-pages.ts';
import { ownBinding } from '#features/mfa/second-step.pages.ts';
import { ownFirstPath, ownSecondPath } from './passkey-urls.pages.ts';

export interface PasskeySignInPageDependencies {
  readonly own: OwnPages;
  readonly interaction: InteractionPages;
  readonly stepCookie: StepCookie;
  readonly knownDevice: KnownDevice;
  readonly pendingSignIns: PendingSignIns;
  readonly passkeySignIn: PasskeySignIn;
}

/** Shown on the page to which a failed attempt is redirected. */
const problems = {
  refused: 'passkey',
  unknown: 'passkey-unknown',
  cloned: 'passkey-cloned',
  blocked: 'refused',
} as const satisfies Record<PasskeyFault, ProblemName>;

interface Half extends PartialSignIn {
  readonly token: string;
}

export function addPasskeySignInPages(
  router: Router,
  dependencies: PasskeySignInPageDependencies,
): void {
  const {
    own,
    interaction,
    stepCookie: cookie,
    knownDevice,
    pendingSignIns: pending,
  } = dependencies;
  const { passkeySignIn } = dependencies;

  async function half(ctx: Context, binding: string): Promise<Half | undefined> {
    const token = cookie.read(ctx);
    const found = token === undefined ? undefined : await pending.find(token, binding);
    return found && token !== undefined ? { ...found, token } : undefined;
  }

  /**
   * Returns the completed sign-in or the problem. With `first`, the passkey is the second factor.
   */
  async function check(
    ctx: Context,
    answer: string,
    place: string,
    first?: Half,
  ): Promise<CompleteSignIn | PasskeyFault> {
    const step = first
      ? ({ purpose: 'second-factor', binding: first.token } as const)
      : ({ purpose: 'sign-in', binding: place } as const);
    const outcome = await passkeySignIn.check(answer, step, first?.user.id);
    if (!outcome.ok) return outcome.reason;
    const { synced } = outcome;
    knownDevice.remember(ctx, outcome.user.email);
    if (!first) return signedInWithPasskey(outcome, { synced });
    await pending.end(first.token);
    cookie.clear(ctx);
    return signedInWithPasskeyAfter(first.first, first, { synced });
  }

  router.post(`${ownFirstPath}/passkey/options`, limit('passkeys'), async (ctx) => {
    await own.readForm(ctx);
    ctx.body = await passkeySignIn.options({ purpose: 'sign-in', binding: own.visitor(ctx) });
  });

  router.post(`${ownFirstPath}/passkey`, limit('passkeys'), async (ctx) => {
    const form = await own.readForm(ctx);
    const proven = await check(ctx, form.get('answer'), own.visitor(ctx));
    if (typeof proven === 'string') {
      return own.redirect(ctx, `${ownFirstPath}?problem=${problems[proven]}`);
    }
    return own.signInAndShowAccount(ctx, proven);
  });

  router.post(`${ownSecondPath}/passkey/options`, limit('passkeys'), async (ctx) => {
    await own.readForm(ctx);
    const first = await half(ctx, ownBinding);
    if (!first) return own.redirect(ctx, ownFirstPath);
    const step = { purpose: 'second-factor', binding: first.token } as const;
    ctx.body = await passkeySignIn.options(step, first.user.id);
    return undefined;
  });

  router.post(`${ownSecondPath}/passkey`, limit('passkeys'), async (ctx) => {
    const form = await own.readForm(ctx);
    const first = await half(ctx, ownBinding);
    if (!first) return own.redirect(ctx, ownFirstPath);
    const proven = await check(ctx, form.get('answer'), ownBinding, first);
    if (typeof proven === 'string') {
      return own.redirect(ctx, `${ownSecondPath}?problem=${problems[proven]}`);
    }
    return own.signInAndShowAccount(ctx, proven);
  });

  router.post('/auth/interaction/:uid/passkey/options', limit('passkeys'), async (ctx) => {
    const { open } = await interaction.openForm(ctx);
    ctx.body = await passkeySignIn.options({ purpose: 'sign-in', binding: open.uid });
  });

  router.post('/auth/interaction/:uid/passkey', limit('passkeys'), async (ctx) => {
    const { open, form } = await interaction.openForm(ctx);
    const proven = await check(ctx, form.get('answer'), open.uid);
    if (typeof proven === 'string') {
      return own.redirect(ctx, `/auth/interaction/${open.uid}?problem=${problems[proven]}`);
    }
    return interaction.goOn(ctx, open, await interaction.signedIn(ctx, open, proven));
  });

  router.post(
    '/auth/interaction/:uid/second-factor/passkey/options',
    limit('passkeys'),
    async (ctx) => {
      const { open } = await interaction.openForm(ctx);
      const first = await half(ctx, open.uid);
      if (!first) return interaction.startAgain(ctx, open);
      const step = { purpose: 'second-factor', binding: first.token } as const;
      ctx.body = await passkeySignIn.options(step, first.user.id);
      return undefined;
    },
  );

  router.post('/auth/interaction/:uid/second-factor/passkey', limit('passkeys'), async (ctx) => {
    const { open, form } = await interaction.openForm(ctx);
    const first = await half(ctx, open.uid);
    if (!first) return interaction.startAgain(ctx, open);
    const proven = await check(ctx, form.get('answer'), open.uid, first);
    if (typeof proven === 'string') {
      const path = `/auth/interaction/${open.uid}/second-factor`;
      return own.redirect(ctx, `${path}?problem=${problems[proven]}`);
    }
    return interaction.goOn(ctx, open, await interaction.signedIn(ctx, open, proven));
  });
}

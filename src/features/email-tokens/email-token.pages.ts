// What the pages about proving a mailbox share: who asks, what a typed code was not, and the way back
// to the app that somebody came from.
import { errors } from 'oidc-provider';
import type { CompleteSignIn } from '#core/sessions/authentication.ts';
import { AppError } from '#platform/errors.ts';
import type { Context } from '#http/context.ts';
import type { KnownDevice } from '#features/passwords/known-device.pages.ts';
import type { ProofCookie } from './email-cookie.pages.ts';
import type { InteractionPages } from '#features/interaction/interaction.pages.ts';
import type { OwnPages } from '#http/site-pages.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import type { OpenInteraction } from '#oidc/sign-in/interactions.ts';
import type { CodeFault } from './email-tokens.service.ts';
import type { Asking } from './verified-registration.service.ts';

export interface MailPageDependencies {
  readonly own: OwnPages;
  readonly interaction: InteractionPages;
  readonly cookie: ProofCookie;
  readonly knownDevice: KnownDevice;
}

/** As the engine names a sign-in in progress. */
const wellFormedUid = /^[\w-]{1,64}$/;

export const codeProblems = {
  malformed: 'problem.code.malformed',
  wrong: 'problem.code.wrong',
  over: 'problem.code.over',
} as const satisfies Record<CodeFault, MessageKey>;

export function createMailPages({ own, interaction, cookie, knownDevice }: MailPageDependencies) {
  /** `undefined`: it is over, or of another browser. */
  async function reopen(ctx: Context): Promise<OpenInteraction | undefined> {
    try {
      return await interaction.open(ctx);
    } catch (error) {
      if (error instanceof errors.SessionNotFound) return undefined;
      throw error;
    }
  }

  return {
    binding: (ctx: Context) => cookie.read(ctx),
    /** Gives the browser its cookie. */
    asking(ctx: Context, email: string, uid?: string): Asking {
      return {
        binding: cookie.ensure(ctx),
        locale: ctx.state.locale,
        interaction: uid !== undefined && wellFormedUid.test(uid) ? uid : undefined,
        address: ctx.ip,
        knownDevice: knownDevice.find(ctx, email),
      };
    },
    remember: (ctx: Context, email: string) => knownDevice.remember(ctx, email),
    reopen,
    /** Below the sign-in that it began in, where that one's cookie is sent along. */
    address(uid: string | undefined, path: string): string {
      const step = uid === undefined ? '' : `/interaction/${uid}`;
      return own.address(`/auth${step}${path}`);
    },
    /** On to the app if it waits in this browser, else to the person's own page. */
    async goOn(ctx: Context, signIn: CompleteSignIn): Promise<void> {
      const opened = ctx['params'].uid === undefined ? undefined : await reopen(ctx);
      if (!opened) return own.signInAndShowAccount(ctx, signIn);
      return interaction.goOn(ctx, opened, await interaction.signedIn(ctx, opened, signIn));
    },
    clientOf: interaction.clientOf,
  };
}

export type MailPages = ReturnType<typeof createMailPages>;

export function noLongerGood(): AppError {
  return new AppError('expired', 'This link or page is no longer good.');
}

// Shared by the pages that verify an email address: the context of a request for mail, messages for
// invalid codes, and the return to the client that started the sign-in.
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
import type { Asking } from './email-tokens.ts';

export interface MailPageDependencies {
  readonly own: OwnPages;
  readonly interaction: InteractionPages;
  readonly proofCookie: ProofCookie;
  readonly knownDevice: KnownDevice;
}

/** The form of an interaction uid of oidc-provider. */
const wellFormedUid = /^[\w-]{1,64}$/;

export const codeProblems = {
  malformed: 'problem.code.malformed',
  wrong: 'problem.code.wrong',
  over: 'problem.code.over',
} as const satisfies Record<CodeFault, MessageKey>;

export function createMailPages(dependencies: MailPageDependencies) {
  const { own, interaction, proofCookie: cookie, knownDevice } = dependencies;

  /** Returns `undefined` if the interaction has expired or belongs to another browser. */
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
    /** Collects the context of a request for mail, and sets the binding cookie if needed. */
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
    /** The path below that of the interaction, to which the interaction cookie is scoped. */
    address(uid: string | undefined, path: string): string {
      const step = uid === undefined ? '' : `/interaction/${uid}`;
      return own.address(`/auth${step}${path}`);
    },
    /** Resumes the interaction if it is open in this browser, else shows the account page. */
    async goOn(ctx: Context, signIn: CompleteSignIn): Promise<void> {
      const opened = ctx['params'].uid === undefined ? undefined : await reopen(ctx);
      if (!opened) return own.signInAndShowAccount(ctx, signIn);
      return interaction.goOn(ctx, opened, await interaction.signedIn(ctx, opened, signIn));
    },
    clientOf: interaction.clientOf,
  };
}

export type MailPages = ReturnType<typeof createMailPages>;

export function linkExpired(): AppError {
  return new AppError('expired', 'This link or page has expired.');
}

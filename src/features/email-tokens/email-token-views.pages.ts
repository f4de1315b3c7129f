// The views that several features with email tokens share.
import type { ClientView } from '#http/rendering/client-view.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import { type FormLocals, defineView } from '#http/rendering/view.ts';

export interface TermsLocals {
  /** Terms that the user must accept, if there are any. */
  readonly termsHref?: string | undefined;
}

export interface CodeLocals extends FormLocals {
  readonly proofId: string;
  readonly email: string;
  readonly problem?: MessageKey | undefined;
  /** True after the mail was sent again. */
  readonly isSentAgain: boolean;
  /** After too many requests: when the next mail can be requested, in words. */
  readonly wait?: string | undefined;
}

/** The page on which the user enters the address to which a mail is sent. */
export interface EmailRequestLocals extends FormLocals {
  readonly client?: ClientView | undefined;
  readonly email?: string | undefined;
  readonly problem?: MessageKey | undefined;
  readonly wait?: string | undefined;
  readonly signInHref: string;
}

export interface RecoverCodeLocals extends CodeLocals {
  readonly client?: ClientView | undefined;
  /** Whether "Stay signed in" is ticked; `undefined` if the code does not sign in. */
  readonly stays?: boolean | undefined;
  /** Where the same mail can be requested again. */
  readonly againAction: string;
  /** Where another address can be entered. */
  readonly againHref: string;
}

export const recoverCodeView = defineView<RecoverCodeLocals>('email-tokens/recover-code');

export interface NewPasswordLocals extends FormLocals, TermsLocals {
  readonly email: string;
  readonly reason: 'recovery' | 'elsewhere';
  /** Only for a new account. */
  readonly name?: string | undefined;
  readonly problems: {
    readonly name?: MessageKey | undefined;
    readonly password?: MessageKey | undefined;
    readonly terms?: MessageKey | undefined;
  };
  readonly minimumPasswordLength: number;
}

export const newPasswordView = defineView<NewPasswordLocals>('email-tokens/new-password');

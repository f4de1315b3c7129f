// The locals of the views for sign-in with identity providers; part of view-types.ts.
import type { ClientView } from '#http/rendering/client-view.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import type { ShownTime } from '#http/i18n/times.ts';

/** The URLs from which the script fetches a challenge and to which the form posts the response. */
export interface PasskeyUrl {
  readonly action: string;
  readonly optionsAction: string;
}

export interface ProviderButton {
  readonly id: string;
  readonly name: string;
  readonly action: string;
}

/** The parameters of Google One Tap. */
export interface OneTap {
  readonly clientId: string;
  readonly nonce: string;
  readonly loginUri: string;
}

/** The identity providers offered on a sign-in or registration page. */
export interface ProviderChoice {
  readonly providers: readonly ProviderButton[];
  /** The `uid` of the interaction that the buttons continue. */
  readonly interaction?: string | undefined;
}

/** The reauthentication required before a sensitive action. */
export interface ReauthenticationView {
  /** Where a reauthentication is posted that is completed before the form of the action. */
  readonly action: string;
  /** The page to return to afterwards. */
  readonly back: string;
  readonly asksForPassword: boolean;
  readonly asksForCode: boolean;
  /** False if a passkey or an identity provider must be used before the form of the action. */
  readonly canBeTyped: boolean;
  readonly isProven: boolean;
  readonly passkey?: PasskeyUrl | undefined;
  readonly providers: readonly ProviderButton[];
}

export interface ReauthenticationProblems {
  readonly password?: MessageKey | undefined;
  readonly code?: MessageKey | undefined;
  readonly general?: MessageKey | undefined;
}

export interface ProviderViewLocals {
  readonly 'with-new': {
    readonly action: string;
    readonly formToken: string;
    readonly provider: string;
    readonly client?: ClientView | undefined;
    /** The account as the provider names it. */
    readonly account?: string | undefined;
    /** False if registration is disabled, so that only an existing account can be linked. */
    readonly mayRegister: boolean;
    /** True if an account with this address exists. */
    readonly isKnown: boolean;
    /** True if the provider has verified the address; it then cannot be changed. */
    readonly isVouched: boolean;
    readonly values: { readonly email?: string | undefined; readonly name?: string | undefined };
    readonly problems: {
      readonly email?: MessageKey | undefined;
      readonly name?: MessageKey | undefined;
      readonly terms?: MessageKey | undefined;
    };
    readonly termsHref?: string | undefined;
    readonly linkAction: string;
    readonly againHref: string;
  };
  readonly 'with-link': {
    readonly action: string;
    readonly formToken: string;
    readonly provider: string;
    /** The account as the provider names it. */
    readonly account?: string | undefined;
    readonly email: string;
    readonly problem?: MessageKey | undefined;
  };
  readonly 'account-linked': {
    readonly identities: readonly {
      readonly hook: string;
      readonly id: string;
      readonly provider: string;
      readonly email?: string | undefined;
      /** False if its provider is no longer configured. */
      readonly works: boolean;
      readonly since: ShownTime;
      readonly lastUsed?: ShownTime | undefined;
    }[];
    readonly email: string;
    readonly formToken: string;
    /** `undefined` after a recent reauthentication. */
    readonly reauthentication?: ReauthenticationView | undefined;
    readonly problems: ReauthenticationProblems;
    readonly trouble?: MessageKey | undefined;
    readonly providers: readonly ProviderButton[];
    readonly unlinkAction?: string | undefined;
    readonly recoverHref?: string | undefined;
    readonly accountHref: string;
  };
}

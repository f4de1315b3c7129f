// What the views about signing in with others need; a part of view-types.ts.
import type { ClientView } from '#http/rendering/client-view.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import type { ShownTime } from '#http/i18n/times.ts';

/** Where a script asks for a challenge, and where the form with the answer goes. */
export interface PasskeyWay {
  readonly action: string;
  readonly optionsAction: string;
}

export interface ProviderButton {
  readonly id: string;
  readonly name: string;
  readonly action: string;
}

/** Google's own dialogue. */
export interface OneTap {
  readonly clientId: string;
  readonly nonce: string;
  readonly loginUri: string;
}

/** The buttons of a sign-in or registration page. */
export interface ProviderChoice {
  readonly providers: readonly ProviderButton[];
  /** The `uid` of the interaction they belong to. */
  readonly interaction?: string | undefined;
}

/** What a user has to prove once more before a sensitive act. */
export interface ReauthenticationView {
  /** Where a proof is sent that stands for itself. */
  readonly action: string;
  /** The page that such a proof leads back to. */
  readonly back: string;
  readonly asksForPassword: boolean;
  readonly asksForCode: boolean;
  /** False: a passkey or an identity provider comes first, and the form of the act after it. */
  readonly canBeTyped: boolean;
  readonly isProven: boolean;
  readonly passkey?: PasskeyWay | undefined;
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
    /** As the provider says it. */
    readonly account?: string | undefined;
    /** False: only an account that is there already can be used. */
    readonly mayRegister: boolean;
    /** True: there is one with this address. */
    readonly isKnown: boolean;
    /** True: the address is proven and can not be changed. */
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
    /** As the provider says it. */
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
      /** False: its provider is not set any more. */
      readonly works: boolean;
      readonly since: ShownTime;
      readonly lastUsed?: ShownTime | undefined;
    }[];
    readonly email: string;
    readonly formToken: string;
    /** `undefined`: it was proven a moment ago. */
    readonly reauthentication?: ReauthenticationView | undefined;
    readonly problems: ReauthenticationProblems;
    readonly trouble?: MessageKey | undefined;
    readonly providers: readonly ProviderButton[];
    readonly unlinkAction?: string | undefined;
    readonly recoverHref?: string | undefined;
    readonly accountHref: string;
  };
}

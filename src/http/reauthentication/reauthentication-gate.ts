// The interface with which a page asks a signed-in user for reauthentication before a sensitive action. The
// pages of every feature depend on this interface; features/reauthentication implements it, and depends on
// the features that can authenticate a user.
import type { Context } from '#http/context.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import type { PasskeyUrl } from '#http/passkey-urls.ts';
import type { ProviderButton } from '#http/rendering/provider-choice.ts';
import type { Form } from '#http/request/input.ts';
import type { SignedIn } from '#oidc/sign-in/browser-session.ts';
import type { AccountPage, SensitiveActName } from './protected-actions.ts';

/** A sensitive action, or the reauthentication on a page of its own that precedes one. */
export type AskedAct = SensitiveActName | 'confirm';

/** The reauthentication required before a sensitive action. */
export interface ReauthenticationView {
  /** The URL to which a reauthentication on the separate page is posted. */
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

export interface Refusal {
  readonly problems: ReauthenticationProblems;
  readonly status: number;
}

/**
 * `amr`: the methods verified for the action, now or in the last minutes; `at`: the time of the
 * oldest.
 */
export type ProofOutcome =
  | { readonly ok: true; readonly amr: readonly string[]; readonly at: Date }
  | ({ readonly ok: false } & Refusal);

export interface ReauthenticationGate {
  /** What the form of the action has to ask for. */
  ask(visit: SignedIn, act: AskedAct, back?: AccountPage): Promise<ReauthenticationView>;
  /** Verifies the submitted fields, and combines them with what was verified in the last minutes. */
  prove(
    ctx: Context,
    visit: SignedIn,
    form: Form,
    act: AskedAct,
    passwordField?: string,
  ): Promise<ProofOutcome>;
  /** True if the action needs no further authentication. For actions whose forms have no such fields. */
  isProven(visit: SignedIn, act: AskedAct): Promise<boolean>;
}

/** Records and reads what was verified in a session. */
export interface ReauthenticationRecords {
  /** Valid for a few minutes; a weaker proof does not replace a stronger one. */
  note(sessionUid: string, amr: readonly string[], at?: Date): Promise<void>;
  /** True if a password alone does not suffice to reauthenticate the user. */
  ownsSecondFactor(userId: string): Promise<boolean>;
}

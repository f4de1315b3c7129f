/**
 * Declares the locals of each view. The first line of every view repeats the names, and a test
 * compares the two.
 */
import type { AccountViewLocals, PasskeyUrl } from './account-view-types.ts';
import type { ClientView } from '#http/rendering/client-view.ts';
import type { PersonalDataViewLocals } from '#features/custom-attributes/view-types.pages.ts';
import type { RequestLine } from '#http/rendering/scope-descriptions.ts';
import type {
  OneTap,
  ProviderChoice,
  ProviderViewLocals,
  ReauthenticationProblems,
  ReauthenticationView,
} from './federation-view-types.ts';
import type { MessageKey } from '#http/i18n/locales.ts';

export interface NextLink {
  readonly href: string;
  readonly label: string;
}

interface FormLocals {
  readonly action: string;
  readonly formToken: string;
}

interface CodeLocals extends FormLocals {
  readonly proofId: string;
  readonly email: string;
  readonly problem?: MessageKey | undefined;
}

/** The submitted values and, per field, the key of the message that says what to change. */
interface NewAccountLocals {
  readonly action: string;
  readonly formToken: string;
  readonly values: { readonly email?: string | undefined; readonly name?: string | undefined };
  readonly problems: {
    readonly email?: MessageKey | undefined;
    readonly name?: MessageKey | undefined;
    readonly password?: MessageKey | undefined;
    readonly terms?: MessageKey | undefined;
    readonly general?: MessageKey | undefined;
  };
  readonly minimumPasswordLength: number;
}

interface TermsLocals {
  /** Terms that the user must accept, if there are any. */
  readonly termsHref?: string | undefined;
}

export interface ViewLocals extends AccountViewLocals, PersonalDataViewLocals, ProviderViewLocals {
  readonly 'sign-in': {
    readonly action: string;
    readonly formToken: string;
    readonly login?: string | undefined;
    readonly problem?: MessageKey | undefined;
    readonly trouble?: MessageKey | undefined;
    readonly notice?: MessageKey | undefined;
    readonly client?: ClientView | undefined;
    readonly signedInAs?: string | undefined;
    readonly mailHref?: string | undefined;
    readonly recoverHref?: string | undefined;
    readonly registerHref?: string | undefined;
    readonly cancelAction?: string | undefined;
    readonly passkey?: PasskeyUrl | undefined;
    readonly others?: ProviderChoice | undefined;
    readonly oneTap?: OneTap | undefined;
  };
  readonly 'second-factor': {
    readonly action: string;
    readonly formToken: string;
    readonly problem?: MessageKey | undefined;
    readonly trouble?: MessageKey | undefined;
    readonly client?: ClientView | undefined;
    readonly passkey?: PasskeyUrl | undefined;
    readonly againHref: string;
  };
  readonly register: NewAccountLocals &
    TermsLocals & {
      readonly client?: ClientView | undefined;
      readonly signInHref?: string | undefined;
      readonly others?: ProviderChoice | undefined;
    };
  readonly setup: NewAccountLocals;
  readonly consent: {
    readonly action: string;
    readonly formToken: string;
    readonly client: ClientView;
    readonly account: { readonly name?: string | undefined; readonly email: string };
    readonly requests: readonly RequestLine[];
    /** Access that was allowed before and is requested again; empty when nothing is new. */
    readonly known?: readonly RequestLine[] | undefined;
    readonly native?: boolean | undefined;
    readonly switchAction?: string | undefined;
  };
  readonly 'sign-out': {
    readonly action: string;
    readonly xsrf: string;
    readonly stayAction: string;
    readonly client?: ClientView | undefined;
    readonly clientId?: string | undefined;
  };
  readonly stayed: {
    readonly client?: ClientView | undefined;
    readonly returnHref?: string | undefined;
    readonly accountHref: string;
  };
  readonly 'not-me': { readonly action: string; readonly formToken: string };
  readonly 'not-me-done': { readonly homeHref: string; readonly recoverHref: string };
  readonly verify: CodeLocals & {
    readonly client?: ClientView | undefined;
    readonly againHref?: string | undefined;
    readonly againAction?: string | undefined;
    readonly backHref?: string | undefined;
  };
  readonly 'verify-link': FormLocals & {
    readonly email: string;
    /** True if this browser is not signed in to the account. */
    readonly asksPassword: boolean;
    readonly problem?: MessageKey | undefined;
  };
  readonly recover: FormLocals & {
    readonly client?: ClientView | undefined;
    readonly email?: string | undefined;
    readonly problem?: MessageKey | undefined;
    readonly signInHref: string;
  };
  readonly 'mail-sign-in': ViewLocals['recover'];
  readonly 'mail-sign-in-link': FormLocals & {
    readonly email: string;
    /** True if the mail was requested in another browser. */
    readonly isElsewhere: boolean;
  };
  readonly 'recover-code': CodeLocals & {
    readonly client?: ClientView | undefined;
    readonly againHref: string;
  };
  readonly 'new-password': FormLocals & {
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
  } & TermsLocals;
  readonly invitation: NewAccountLocals & TermsLocals;
  readonly email: FormLocals & {
    readonly current: string;
    readonly email?: string | undefined;
    readonly reauthentication: ReauthenticationView;
    readonly problems: ReauthenticationProblems & { readonly email?: MessageKey | undefined };
    readonly backHref: string;
  };
  readonly 'email-undo': FormLocals & { readonly email: string };
  readonly 'email-undone': { readonly email: string; readonly recoverHref: string };
  readonly 'dev-mail': {
    readonly mails: readonly {
      readonly href: string;
      readonly subject: string;
      readonly to: string;
      readonly at: string;
    }[];
  };
  readonly 'dev-mail-view': {
    readonly subject: string;
    readonly to: string;
    readonly at: string;
    readonly pieces: readonly { readonly text: string; readonly href?: string | undefined }[];
    readonly htmlHref: string;
    readonly backHref: string;
  };
  readonly 'signed-out': {
    readonly client?: ClientView | undefined;
    readonly returnHref?: string | undefined;
  };
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly requestId: string;
    /** The invalid value as it was received, for example a redirect URI. */
    readonly detail?: string | undefined;
    readonly nextLink?: NextLink | undefined;
  };
  readonly expired: {
    readonly requestId: string;
    /** True if it was completed and the user navigated back to it, so it did not expire. */
    readonly finished?: boolean | undefined;
    readonly clientName?: string | undefined;
    readonly nextLink?: NextLink | undefined;
  };
  readonly home: {
    readonly discoveryHref: string;
    readonly accountHref?: string | undefined;
    readonly signInHref?: string | undefined;
    readonly registerHref?: string | undefined;
    readonly playgroundHref?: string | undefined;
  };
  readonly playground: {
    /** Settings for the page's script, as JSON. */
    readonly settings: string;
    readonly styleHref: string;
    readonly scriptHref: string;
  };
}

export type ViewName = keyof ViewLocals;

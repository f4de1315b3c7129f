/**
 * Owns the contract between pages and views: what each view needs. The first line of every view
 * repeats the names, and a test holds the two together.
 */
import type { ClientView } from './client-view.ts';
import type { RequestLine } from './consent-words.ts';
import type { MessageKey } from './locales.ts';

export interface WayOn {
  readonly href: string;
  readonly label: string;
}

/** Values as they were typed and, per field, the key of the sentence that says what to change. */
interface NewAccountLocals {
  readonly action: string;
  readonly formToken: string;
  readonly values: { readonly email?: string | undefined; readonly name?: string | undefined };
  readonly problems: {
    readonly email?: MessageKey | undefined;
    readonly name?: MessageKey | undefined;
    readonly password?: MessageKey | undefined;
    readonly general?: MessageKey | undefined;
  };
  readonly minimumPasswordLength: number;
}

export interface ViewLocals {
  readonly 'sign-in': {
    readonly action: string;
    readonly formToken: string;
    readonly login?: string | undefined;
    readonly problem?: MessageKey | undefined;
    readonly notice?: MessageKey | undefined;
    readonly client?: ClientView | undefined;
    readonly signedInAs?: string | undefined;
    readonly registerHref?: string | undefined;
    readonly cancelAction?: string | undefined;
  };
  readonly register: NewAccountLocals & {
    readonly client?: ClientView | undefined;
    readonly signInHref?: string | undefined;
  };
  readonly setup: NewAccountLocals;
  readonly consent: {
    readonly action: string;
    readonly formToken: string;
    readonly client: ClientView;
    readonly account: { readonly name?: string | undefined; readonly email: string };
    readonly requests: readonly RequestLine[];
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
  readonly 'not-me-done': { readonly homeHref: string };
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
    /** The thing that is wrong as it arrived, for example a redirect URI. */
    readonly detail?: string | undefined;
    readonly wayOn?: WayOn | undefined;
  };
  readonly expired: {
    readonly requestId: string;
    /** It did not run out: it came to its end, and somebody went back to it. */
    readonly finished?: boolean | undefined;
    readonly clientName?: string | undefined;
    readonly wayOn?: WayOn | undefined;
  };
  readonly account: {
    readonly user: {
      readonly name?: string | undefined;
      readonly email: string;
      readonly emailVerified: boolean;
    };
    readonly formToken?: string | undefined;
    readonly signOutAction?: string | undefined;
    readonly signOutHref?: string | undefined;
    readonly playgroundHref?: string | undefined;
  };
  readonly home: {
    readonly discoveryHref: string;
    readonly accountHref?: string | undefined;
    readonly signInHref?: string | undefined;
    readonly registerHref?: string | undefined;
    readonly playgroundHref?: string | undefined;
  };
  readonly playground: {
    /** JSON for the script of the page. */
    readonly settings: string;
    readonly styleHref: string;
    readonly scriptHref: string;
  };
}

export type ViewName = keyof ViewLocals;

// The content of a mail before it is rendered as text and HTML, and the values for its messages.
import type { Translate } from '#http/i18n/locales.ts';

export interface MailContent {
  readonly subject: string;
  readonly opening: readonly string[];
  /** Shown in large type, for the user to type. */
  readonly code?: { readonly label: string; readonly value: string };
  /** Details for the user to check, such as the time and the location. */
  readonly facts: readonly MailFact[];
  readonly closing: readonly string[];
  readonly link?: { readonly href: string; readonly label: string; readonly hint: string };
  /** A second, less prominent link. */
  readonly other?: { readonly href: string; readonly label: string };
  /** True if the mail was requested for an address that may not belong to an account. */
  readonly isAsked?: boolean;
}

export interface MailFact {
  readonly label: string;
  readonly value: string;
}

export interface MailWords {
  readonly t: Translate;
  readonly locale: string;
  readonly values: Readonly<Record<string, string>>;
  /** The client's name. */
  readonly client: string | undefined;
}

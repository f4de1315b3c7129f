// What a mail consists of, before it is set as text and HTML, and what its words are made from.
import type { Translate } from '#http/i18n/locales.ts';

export interface MailContent {
  readonly subject: string;
  readonly opening: readonly string[];
  /** To be typed, in large. */
  readonly code?: { readonly label: string; readonly value: string };
  /** Facts to check, such as when and where. */
  readonly facts: readonly MailFact[];
  readonly closing: readonly string[];
  readonly link?: { readonly href: string; readonly label: string; readonly hint: string };
  /** A second way. */
  readonly other?: { readonly href: string; readonly label: string };
  /** True: it goes to whoever has that address, which need not belong to an account. */
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
  /** As the app calls itself. */
  readonly client: string | undefined;
}

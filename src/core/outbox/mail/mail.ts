// Mail as the outbox stores it: a template by name, and its values. Each capability declares its
// templates, so that an unknown template and a missing or misspelt value do not compile. The text is
// rendered on delivery, by the renderers in the `.mails` files.
import type { User } from '#core/users/users.ts';
import type { WrittenMail } from '#platform/outbound/smtp.ts';

export type MailValues = Readonly<Record<string, string>>;
/** For a mail whose text depends on the recipient only. */
export type NoValues = Readonly<Record<string, never>>;

/** The values of a mail, of the types that its template declares. */
export type ValuesOf<Values extends MailValues | void> = Values extends MailValues
  ? Values
  : NoValues;

declare const declared: unique symbol;

/** A mail without its recipient. Only a declared template creates one. */
export interface Mail {
  readonly template: string;
  readonly values: MailValues;
  /** Exists for the type checker only. */
  readonly [declared]: true;
}

/** Creates a mail from its values; without values it is called without an argument. */
export interface MailTemplate<Values extends MailValues | void = void> {
  (values: Values): Mail;
  readonly template: string;
}

/**
 * Declares a template.
 * @param template unique name. The outbox stores it with the names of the values, and nodes of the previous
 * version read them, so none of them must change.
 */
export function defineMail<Values extends MailValues | void = void>(
  template: string,
): MailTemplate<Values> {
  // The assertion holds because this function is the only one that creates a Mail.
  const create = (values: Values) => ({ template, values: values ?? {} }) as Mail;
  return Object.assign(create, { template });
}

interface Addressed {
  readonly kind: 'mail';
  /** `undefined` for an address that does not belong to an account yet. */
  readonly userId: string | undefined;
  readonly to: string;
  /** The language of the text. */
  readonly locale: string | undefined;
}

export interface MailOrder extends Addressed, Mail {}

/** A mail read from the outbox. Another version may have written it, so its template may be unknown. */
export interface StoredMail extends Addressed {
  readonly template: string;
  readonly values: MailValues;
}

/** Renders a stored mail. `undefined` when the template does not exist. */
export type WriteMail = (mail: StoredMail, facts: MailFacts) => WrittenMail | undefined;

/** Values that are looked up on delivery, because the job does not contain them. */
export interface MailFacts {
  /** The client's name. */
  readonly client: string | undefined;
  /** The name of the user who caused the mail, if the values have an `actorId`. */
  readonly actor?: string | undefined;
  /** When the event happened that the mail is about; without it, the mail does not name the time. */
  readonly orderedAt?: Date;
}

/**
 * Addresses a mail to a user, in the user's language. The value `zone` is the time zone in which the
 * mail tells times; it is empty if unknown.
 */
export function mailTo({ id, email, claims }: Addressee, mail: Mail): MailOrder {
  const { locale, zoneinfo: zone = '' } = claims;
  const values = { ...mail.values, zone };
  return { kind: 'mail', userId: id, to: email, locale, ...mail, values };
}

export type Addressee = Pick<User, 'id' | 'email' | 'claims'>;

// Sends a mail to an address entered by a user who is not signed in. Response and timing do not
// depend on whether an account exists. A blocked user gets a mail that says so, without code and
// link.
import { checkEmail } from '#core/users/email-addresses.ts';
import { isBlocked } from '#core/subject-status/subject-status.ts';
import type { User } from '#core/users/users.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { EmailFault } from '#core/users/email-addresses.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { MailOrder, MailTemplate } from '#core/outbox/mail/mail.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';
import type { CodeMailValues } from './email-token-mail-templates.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { IssuedEmailToken, EmailTokens } from './email-tokens.service.ts';
import type { MailThrottle } from './email-throttle.service.ts';
import type { EmailRequestContext } from './email-tokens.ts';

export interface EmailRequestDependencies {
  readonly db: Database;
  readonly proofs: EmailTokens;
  readonly throttle: MailThrottle;
  readonly users: UserStore;
  readonly outbox: Outbox;
  readonly audit: Audit;
  readonly issuer: string;
  readonly now: () => Date;
}

export interface AskedMail {
  readonly kind: 'recovery' | 'sign_in';
  readonly event: 'recovery.requested' | 'sign_in_mail.requested';
  /** Path of the link, to which the token is appended. */
  readonly linkPath: string;
  readonly template: MailTemplate<CodeMailValues>;
  /** The template for a blocked user. */
  readonly refusal: MailTemplate;
}

export type AskOutcome = { readonly ok: true } | { readonly ok: false; readonly email: EmailFault };

export function createEmailRequest(dependencies: EmailRequestDependencies) {
  const { db, proofs, throttle, users, outbox, audit, issuer, now } = dependencies;

  function orderFor(
    asked: AskedMail,
    to: string,
    issued: IssuedEmailToken,
    user?: User,
  ): MailOrder {
    const { token, code } = issued;
    const isRefused = user !== undefined && isBlocked(user, now());
    const mail = isRefused
      ? asked.refusal()
      : asked.template({ code, link: `${issuer}${asked.linkPath}/${token}` });
    return { kind: 'mail', userId: user?.id, to, locale: user?.claims.locale, ...mail };
  }

  /** @throws AppError `throttled` */
  return async function ask(
    asked: AskedMail,
    typed: string,
    asking: EmailRequestContext,
  ): Promise<AskOutcome> {
    const { binding, locale, interaction, by: actor = { kind: 'anonymous' } } = asking;
    const address = checkEmail(typed);
    if (!address.ok) return { ok: false, email: `email_${address.reason}` };
    const { email, key: emailKey } = address;
    await throttle.admit({ ...asking, email });
    const user = await users.findByEmailKey(emailKey);
    const works = user !== undefined && !isBlocked(user, now());
    const { kind, event } = asked;
    const order = { kind, userId: user?.id, email, emailKey, binding, content: { interaction } };
    await db.transaction(async (tx) => {
      const issued = await proofs.issue({ ...order, works }, tx);
      const mail = orderFor(asked, user?.email ?? email, issued, user);
      if (user) await outbox.add([{ ...mail, locale: mail.locale ?? locale }], tx);
      else await outbox.addNothing(mail, tx);
      const details = { proof: issued.id };
      await audit.append({ event, actor, userId: user?.id, details }, tx);
    });
    return { ok: true };
  };
}

export type RequestEmail = ReturnType<typeof createEmailRequest>;

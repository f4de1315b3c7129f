// Changes the email address of an account: requests the change, and applies it once the new address
// is verified. The old mailbox is notified of both and can revert the change
// (email-change-revert.service.ts).
import type { Knex } from 'knex';
import { sessionRevoked } from '#platform/errors.ts';
import { checkEmail } from '#core/users/email-addresses.ts';
import type { User } from '#core/users/users.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { EmailFault } from '#core/users/email-addresses.ts';
import type { Registration } from '#features/registration/registration.service.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import {
  emailChangedMail,
  emailChangeKnownMail,
  emailChangeMail,
  emailChangeRequestedMail,
} from './verification-mail-templates.ts';
import type { EmailChangeRevert } from './email-change-revert.service.ts';
import type { EmailToken, EmailTokens } from '#features/email-tokens/email-tokens.service.ts';
import type { MailThrottle } from '#features/email-tokens/email-throttle.service.ts';
import { signInMethods } from '#features/email-tokens/email-tokens.ts';

export interface EmailChangeDependencies {
  readonly db: Database;
  readonly proofs: EmailTokens;
  readonly throttle: MailThrottle;
  readonly registration: Registration;
  readonly users: UserStore;
  readonly emailChangeRevert: EmailChangeRevert;
  readonly outbox: Outbox;
  readonly audit: Audit;
  readonly issuer: string;
  readonly now: () => Date;
}

export interface AskingAgain {
  /** The IP address of the request. */
  readonly address: string;
  readonly locale: string | undefined;
}

interface CheckedChange {
  readonly email: string;
  readonly emailKey: string;
  /** The language of the page, used if the user has no locale. */
  readonly words: string | undefined;
  /** The user who has the new address already. */
  readonly known: User | undefined;
}

type ChangeOutcome = { readonly ok: true } | { readonly ok: false; readonly email: EmailFault };

export async function requestEmailChange(
  dependencies: EmailChangeDependencies,
  user: User,
  typed: string,
  { address: from, locale: words }: AskingAgain,
): Promise<ChangeOutcome> {
  const { db, throttle, registration, users } = dependencies;
  const address = checkEmail(typed);
  if (!address.ok) return { ok: false, email: `email_${address.reason}` };
  const { email, key: emailKey } = address;
  if (registration.refuseDomain(email)) return { ok: false, email: 'email_domain' };
  await throttle.admit({ email, address: from });
  const known = await users.findByEmailKey(emailKey);
  const change = { email, emailKey, words, known };
  await db.transaction((tx) => issueEmailChange(dependencies, user, change, tx));
  return { ok: true };
}

async function issueEmailChange(
  dependencies: EmailChangeDependencies,
  user: User,
  { email, emailKey, words, known }: CheckedChange,
  tx: Knex,
): Promise<void> {
  const { proofs, users, emailChangeRevert, outbox, audit, issuer, now } = dependencies;
  const { id: userId } = user;
  // Users may change the spelling of their own address.
  const works = !known || known.id === userId;
  // An operator may have changed the address since the user was read; the link that reverts this
  // change must go to the present one.
  const current = (await users.holdUnrevoked(user, tx)) && (await users.findById(userId, tx));
  if (!current) throw sessionRevoked();
  const order = { kind: 'email_change', userId, email, emailKey, works } as const;
  const { token, code } = await proofs.issue(order, tx);
  const mail = works
    ? emailChangeMail({ code, link: verificationLink(issuer, token) })
    : emailChangeKnownMail(signInMethods(issuer));
  const to = works ? email : (known?.email ?? email);
  const locale = works ? (user.claims.locale ?? words) : known?.claims.locale;
  await outbox.add([{ kind: 'mail', userId: known?.id, to, locale, ...mail }], tx);
  const since = now();
  const template = emailChangeRequestedMail;
  await emailChangeRevert.announce({ user: current, email, since, template }, tx);
  const actor = { kind: 'user', id: userId } as const;
  const event = 'email.change_requested';
  await audit.append({ event, actor, userId, personal: { email } }, tx);
}

/** Sets the new address in the transaction that uses up its proof. */
export async function applyEmailChange(
  { proofs, users, emailChangeRevert, audit, now }: EmailChangeDependencies,
  proof: EmailToken,
  user: User,
  tx: Knex,
): Promise<void> {
  const { email, emailKey } = proof;
  const { id: userId } = user;
  await proofs.endOfUser(userId, emailKeyOf(user.email), tx);
  const since = proof.createdAt;
  await emailChangeRevert.announce({ user, email, since, template: emailChangedMail }, tx);
  await users.changeEmail(userId, { email, emailKey, at: now() }, tx);
  const actor = { kind: 'user', id: userId } as const;
  const personal = { email, previous: user.email };
  await audit.append({ event: 'email.changed', actor, userId, personal }, tx);
}

export function verificationLink(issuer: string, token: string): string {
  return `${issuer}/auth/verify/link/${token}`;
}

export function emailKeyOf(email: string): string {
  const address = checkEmail(email);
  return address.ok ? address.key : email;
}

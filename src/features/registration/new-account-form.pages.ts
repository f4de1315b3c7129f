// The form for a new account, used by three pages: reads the input and maps faults to messages.
import { AppError } from '#platform/errors.ts';
import { readStandardClaims, type StandardClaims } from '#core/users/users.ts';
import type { Form } from '#http/request/input.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import type { AccountFaults, AccountRequest } from './registration.service.ts';

/** The submitted values and, per field, the key of the message that says what to change. */
export interface NewAccountLocals {
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

export interface NewAccountValues {
  readonly email: string;
  readonly name: string;
}

export interface NewAccountProblems {
  readonly email?: MessageKey;
  readonly name?: MessageKey;
  readonly password?: MessageKey;
  readonly terms?: MessageKey;
}

/** The terms that the user has to accept; there are none without `href`. */
export interface TermsRule {
  readonly href?: string | undefined;
  readonly version?: string | undefined;
}

export const noValues: NewAccountValues = { email: '', name: '' };

export interface NewAccountFaults {
  readonly ok: false;
  readonly values: NewAccountValues;
  readonly problems: NewAccountProblems;
}

/**
 * Reads the form and calls `create`, which creates or requests the account. On failure it returns
 * one message per field and the values to show again; a password is never sent back.
 */
export async function makeAccount<Made extends { readonly ok: true }>(
  form: Form,
  terms: TermsRule,
  create: (request: AccountRequest) => Promise<Made | AccountFaults>,
): Promise<Made | NewAccountFaults> {
  const values = { email: form.get('email'), name: form.get('name').trim() };
  const password = form.get('password');
  const name = readName(values.name);
  if (!name.ok) return { ok: false, values, problems: { name: name.problem } };
  if (!hasAccepted(form, terms)) {
    return { ok: false, values, problems: { terms: 'problem.terms' } };
  }
  const { email } = values;
  const outcome = await create({ email, password, claims: name.claims, terms: terms.version });
  return outcome.ok ? outcome : { ok: false, values, problems: problemsOf(outcome) };
}

/** Also true if there are no terms. */
export function hasAccepted(form: Form, { href }: TermsRule): boolean {
  return href === undefined || form.get('terms') === 'yes';
}

type Name = { ok: true; claims: StandardClaims } | { ok: false; problem: MessageKey };

export function readName(name: string): Name {
  if (name === '') return { ok: true, claims: {} };
  try {
    return { ok: true, claims: readStandardClaims({ name }) };
  } catch (error) {
    if (error instanceof AppError) return { ok: false, problem: 'problem.name.malformed' };
    throw error;
  }
}

function problemsOf({ email, password }: AccountFaults): NewAccountProblems {
  return {
    ...(email ? { email: emailProblems[email] } : {}),
    ...(password ? { password: passwordProblems[password] } : {}),
  };
}

export const emailProblems = {
  email_empty: 'problem.email.empty',
  email_malformed: 'problem.email.malformed',
  email_too_long: 'problem.email.too_long',
  email_taken: 'problem.email.taken',
  email_domain: 'problem.email.domain',
} as const satisfies Record<NonNullable<AccountFaults['email']>, MessageKey>;

export const passwordProblems = {
  too_short: 'problem.password.too_short',
  too_long: 'problem.password.too_long',
  repetitive: 'problem.password.repetitive',
  common: 'problem.password.common',
  contains_email: 'problem.password.contains_email',
  contains_product: 'problem.password.contains_product',
} as const satisfies Record<NonNullable<AccountFaults['password']>, MessageKey>;

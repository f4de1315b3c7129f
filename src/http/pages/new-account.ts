// The form for a new account: what was typed, and what to say about it. Three pages use it.
import { AppError } from '#domain/errors.ts';
import { readStandardClaims, type StandardClaims } from '#domain/people/users.ts';
import type { Form } from '#http/forms/input.ts';
import type { MessageKey } from '#http/rendering/locales.ts';
import type {
  AccountFaults,
  AccountOutcome,
  AccountRequest,
} from '#services/accounts/registration.ts';

export interface NewAccountValues {
  readonly email: string;
  readonly name: string;
}

export interface NewAccountProblems {
  readonly email?: MessageKey;
  readonly name?: MessageKey;
  readonly password?: MessageKey;
}

export const noValues: NewAccountValues = { email: '', name: '' };

export type NewAccountOutcome =
  | Extract<AccountOutcome, { ok: true }>
  | {
      readonly ok: false;
      readonly values: NewAccountValues;
      readonly problems: NewAccountProblems;
    };

/** Makes the account, or says per field what to change. Passwords are never handed back. */
export async function makeAccount(
  form: Form,
  create: (request: AccountRequest) => Promise<AccountOutcome>,
): Promise<NewAccountOutcome> {
  const values = { email: form.get('email'), name: form.get('name').trim() };
  const password = form.get('password');
  const name = readName(values.name);
  if (!name.ok) return { ok: false, values, problems: { name: name.problem } };
  const outcome = await create({ email: values.email, password, claims: name.claims });
  return outcome.ok ? outcome : { ok: false, values, problems: problemsOf(outcome) };
}

type Name = { ok: true; claims: StandardClaims } | { ok: false; problem: MessageKey };

function readName(name: string): Name {
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

const emailProblems = {
  email_empty: 'problem.email.empty',
  email_malformed: 'problem.email.malformed',
  email_too_long: 'problem.email.too_long',
  email_taken: 'problem.email.taken',
} as const satisfies Record<NonNullable<AccountFaults['email']>, MessageKey>;

const passwordProblems = {
  too_short: 'problem.password.too_short',
  too_long: 'problem.password.too_long',
  repetitive: 'problem.password.repetitive',
  common: 'problem.password.common',
  contains_email: 'problem.password.contains_email',
  contains_product: 'problem.password.contains_product',
} as const satisfies Record<NonNullable<AccountFaults['password']>, MessageKey>;

// The password for a command: prompted for without echo on a terminal, otherwise read from standard input. It
// is never an argument, because other users of the machine could see it.
import { AppError } from '#platform/errors.ts';
import type { Option } from '#cli/framework/command.ts';
import { maxPasswordLength, type PasswordFault } from './passwords.ts';

export const passwordOption: Option = {
  isRequired: true,
  asks: 'password',
  reads: 'stdin',
  meaning: 'Read the password from standard input, as one line; on a terminal it is asked for',
};

/** Strips one trailing newline, which the shell adds; everything else is the password. */
export function readPassword(text: string): string {
  const line = text.replace(/\r?\n$/, '');
  if (line === '') throw new AppError('invalid_input', 'Standard input contains no password.');
  if (!/[\r\n]/.test(line)) return line;
  throw new AppError('invalid_input', 'Standard input must contain the password as one line.');
}

export function describePasswordFault(fault: PasswordFault, minimumLength: number): string {
  return { ...sentences, too_short: tooShort(minimumLength) }[fault];
}

function tooShort(minimumLength: number): string {
  return `The password is too short; use at least ${minimumLength} characters.`;
}

const sentences: Readonly<Record<Exclude<PasswordFault, 'too_short'>, string>> = {
  too_long: `The password is too long; use at most ${maxPasswordLength} characters.`,
  common: 'The password is a common one and easy to guess; choose another one.',
  repetitive: 'The password is too repetitive; choose another one.',
  contains_email: 'The password contains the email address; choose another one.',
  contains_product: 'The password contains the name of this service; choose another one.',
};

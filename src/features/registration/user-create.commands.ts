// The command `user create`: an operator creates an account.
import { AppError } from '#platform/errors.ts';
import { readStandardClaims, type StandardClaims } from '#core/users/users.ts';
import type { EmailFault } from '#core/users/email-addresses.ts';
import type { AccountFaults } from './registration.service.ts';
import type { Command } from '#cli/framework/command.ts';
import type { Registration } from '#features/registration/registration.service.ts';
import type { Arguments, Io } from '#cli/framework/command.ts';
import { readJson } from '#cli/framework/json.ts';
import type { Config } from '#config/config.ts';
import {
  describePasswordFault,
  passwordOption,
  readPassword,
} from '#features/passwords/password-input.commands.ts';
import { answerWithUser } from '#core/users/commands/format-user.ts';

interface Needs {
  readonly config: Pick<Config, 'minimumPasswordLength'>;
  readonly registration: Registration;
}

export const userCreate: Command<Needs> = {
  name: 'user create',
  summary: 'Create an account.',
  options: {
    email: { value: 'E', isRequired: true, meaning: 'The email address the user signs in with' },
    'password-stdin': passwordOption,
    name: { value: 'N', meaning: 'The full name' },
    claims: {
      value: 'FILE',
      reads: 'file',
      meaning: 'A JSON object with further claims of OpenID Connect Core 5.1',
    },
    verified: { meaning: 'Mark the email address as verified' },
  },
  examples: [
    'user create --email ann@example.org --name "Ann Berg" --verified',
    'user create --email ann@example.org --password-stdin < password.txt',
  ],
  async run({ config, registration }, args, io) {
    const outcome = await registration.createByOperator({
      email: args.required('email'),
      password: readPassword(await io.stdin()),
      claims: await readClaims(args, io),
      emailVerified: args.has('verified'),
    });
    if (!outcome.ok) throw explainFaults(outcome, config.minimumPasswordLength);
    return answerWithUser(outcome.user, 'Account created.');
  },
};

async function readClaims(args: Arguments, io: Io): Promise<StandardClaims> {
  const path = args.text('claims');
  const given = path === undefined ? {} : readJson(await io.file(path), 'The claims');
  const claims = readStandardClaims(given);
  const name = args.text('name');
  return name === undefined ? claims : readStandardClaims({ ...claims, name });
}

/** Describes both faults; the error code is that of the first one. */
function explainFaults({ email, password }: AccountFaults, minimumLength: number): AppError {
  const sentences = [
    ...(email === undefined ? [] : [emailSentences[email]]),
    ...(password === undefined ? [] : [describePasswordFault(password, minimumLength)]),
  ];
  return new AppError(codeOf(email), sentences.join(' '));
}

function codeOf(email: EmailFault | undefined) {
  if (email === undefined) return 'weak_password';
  return email === 'email_taken' ? 'email_taken' : 'invalid_input';
}

export const emailSentences: Readonly<Record<EmailFault, string>> = {
  email_empty: 'The email address is empty.',
  email_malformed: 'The email address is malformed; expected the form name@example.org.',
  email_too_long: 'The email address is too long.',
  email_taken: 'There is already an account with this email address.',
  email_domain: 'The mail domain of this email address is not allowed to register.',
};

// user create: an account made by an operator.
import { AppError } from '#platform/errors.ts';
import type { PasswordFault } from '#features/passwords/passwords.ts';
import { readStandardClaims, type StandardClaims } from '#core/users/users.ts';
import type { AccountFaults, EmailFault } from './account-creation.service.ts';
import type { DataCommand } from '#cli/framework/context.ts';
import type { Arguments, Io } from '#cli/framework/command.ts';
import { readJson } from '#cli/framework/json.ts';
import { answerWithUser } from '#core/users/commands/format-user.ts';

export const userCreate: DataCommand = {
  name: 'user create',
  summary: 'Make an account.',
  options: {
    email: { value: 'E', isRequired: true, meaning: 'The address the person signs in with' },
    'password-stdin': {
      isRequired: true,
      reads: 'stdin',
      meaning: 'Read the password, one line, from standard input',
    },
    name: { value: 'N', meaning: 'The full name' },
    claims: {
      value: 'FILE',
      reads: 'file',
      meaning: 'More claims of OpenID Connect Core 5.1, a JSON object',
    },
    verified: { meaning: "The address is known to be the person's own" },
  },
  async run({ installation }, args, io) {
    const outcome = await installation.services.registration.createByOperator({
      email: args.required('email'),
      password: readLine(await io.stdin()),
      claims: await readClaims(args, io),
      emailVerified: args.has('verified'),
    });
    if (!outcome.ok) throw explainFaults(outcome);
    return answerWithUser(outcome.user, 'The account is there.');
  },
};

/** The line ending belongs to the shell, everything else to the password. */
function readLine(text: string): string {
  const line = text.replace(/\r?\n$/, '');
  if (line === '') throw new AppError('invalid_input', 'There is no password on standard input.');
  if (!/[\r\n]/.test(line)) return line;
  throw new AppError('invalid_input', 'Standard input must be one line, the password.');
}

async function readClaims(args: Arguments, io: Io): Promise<StandardClaims> {
  const path = args.text('claims');
  const given = path === undefined ? {} : readJson(await io.file(path), 'The claims');
  const claims = readStandardClaims(given);
  const name = args.text('name');
  return name === undefined ? claims : readStandardClaims({ ...claims, name });
}

/** All that is wrong in one sentence or two; the code is the first one's. */
function explainFaults({ email, password }: AccountFaults): AppError {
  const sentences = [
    ...(email === undefined ? [] : [emailSentences[email]]),
    ...(password === undefined ? [] : [passwordSentences[password]]),
  ];
  return new AppError(codeOf(email), sentences.join(' '));
}

function codeOf(email: EmailFault | undefined) {
  if (email === undefined) return 'weak_password';
  return email === 'email_taken' ? 'email_taken' : 'invalid_input';
}

export const emailSentences: Readonly<Record<EmailFault, string>> = {
  email_empty: 'The e-mail address is empty.',
  email_malformed: 'This is not an e-mail address; one looks like name@example.org.',
  email_too_long: 'The e-mail address is too long.',
  email_taken: 'There is already an account with this e-mail address.',
  email_domain: 'Addresses of this mail domain may not register.',
};

const passwordSentences: Readonly<Record<PasswordFault, string>> = {
  too_short: 'The password is too short; please use at least 8 characters.',
  too_long: 'The password is too long; please use at most 256 characters.',
  common: 'Many people use this password, so it is easy to guess; please choose another one.',
  repetitive: 'The password repeats itself too much; please mix it up a little.',
  contains_email: 'The password contains the e-mail address; please choose another one.',
  contains_product: 'The password contains the name of this service; please choose another one.',
};

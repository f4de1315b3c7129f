// `user invite`: invites a user to register, by mail and by a link that is printed once.
import { AppError } from '#platform/errors.ts';
import { locales } from '#http/i18n/languages.ts';
import type { Command } from '#cli/framework/command.ts';
import type { Config } from '#config/config.ts';
import type { Invitations } from '#features/invitations/invitations.service.ts';
import { emailSentences } from '#features/registration/user-create.commands.ts';

interface Needs {
  readonly config: Config;
  readonly invitations: Invitations;
}

export const userInvite: Command<Needs> = {
  name: 'user invite',
  summary: 'Invite a user to create an account.',
  options: {
    email: { value: 'E', isRequired: true, meaning: 'Email address of the new account' },
    locale: { value: 'L', meaning: `Language of the mail: ${locales.join(', ')}` },
  },
  async run({ config, invitations }, args) {
    if (config.registration === 'closed') {
      throw new AppError('conflict', 'REGISTRATION is closed: invitations cannot be used.');
    }
    const outcome = await invitations.invite(args.required('email'), args.text('locale'));
    if (!outcome.ok) {
      const code = outcome.email === 'email_taken' ? 'email_taken' : 'invalid_input';
      throw new AppError(code, emailSentences[outcome.email]);
    }
    const { email, link, expiresAt } = outcome;
    const until = expiresAt.toISOString();
    return {
      document: { email, link, expires_at: until },
      text: `${email} was invited by mail. The same link, valid until ${until}:\n\n${link}\n`,
    };
  },
};

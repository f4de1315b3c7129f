// user invite: asks somebody to make an account, by mail and by a link that is printed once.
import { AppError } from '#platform/errors.ts';
import { locales } from '#http/i18n/languages.ts';
import type { DataCommand } from '#cli/framework/context.ts';
import { emailSentences } from '#features/account-creation/user-create.commands.ts';

export const userInvite: DataCommand = {
  name: 'user invite',
  summary: 'Invite somebody to make an account.',
  options: {
    email: { value: 'E', isRequired: true, meaning: 'The address that the account will have' },
    locale: { value: 'L', meaning: `The language of the mail: ${locales.join(', ')}` },
  },
  async run({ installation }, args) {
    if (installation.config.registration === 'closed') {
      throw new AppError('conflict', 'REGISTRATION is closed: nobody could use the invitation.');
    }
    const { invitations } = installation.services.mailProofs;
    const outcome = await invitations.invite(args.required('email'), args.text('locale'));
    if (!outcome.ok) {
      const code = outcome.email === 'email_taken' ? 'email_taken' : 'invalid_input';
      throw new AppError(code, emailSentences[outcome.email]);
    }
    const { email, link, expiresAt } = outcome;
    const until = expiresAt.toISOString();
    return {
      document: { email, link, expires_at: until },
      text: `${email} is invited. The mail is on its way; the same link, good until ${until}:\n\n${link}\n`,
    };
  },
};

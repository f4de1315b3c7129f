// Invites a user by mail, and shows the same link to the administrator once.
import type { Config } from '#config/config.ts';
import type { Form } from '#http/request/input.ts';
import { locales, ownNames } from '#http/i18n/languages.ts';
import { AppError } from '#platform/errors.ts';
import type { InvitationOutcome, Invitations } from '#features/invitations/invitations.service.ts';
import { emailSentences } from '#features/registration/user-create.commands.ts';
import { describeExactly } from '#features/admin/page/formatting.ts';
import type { PanelPage } from '#features/admin/page/page-model.ts';
import type { ActionRoute } from '#features/admin/panel/panel.pages.ts';
import { usersPath } from './user-list.pages.ts';

export interface UserInviteDependencies {
  readonly config: Config;
  readonly invitations: Invitations;
}

type Invited = Extract<InvitationOutcome, { readonly ok: true }>;

export function inviteUser(dependencies: UserInviteDependencies): ActionRoute {
  const { invitations, config } = dependencies;
  return {
    path: `${usersPath}/invite`,
    scope: 'users:write',
    protection: 'recent',
    async show(_ctx, _visit, form) {
      return {
        title: 'Invite a user',
        lead: 'The user gets an email with a link that verifies the address and lets them choose a password.',
        back: { label: 'Users', href: usersPath },
        blocks: [
          {
            kind: 'form',
            submit: 'Send invitation',
            cancelHref: usersPath,
            fields: [
              emailField(form),
              {
                name: 'locale',
                label: 'Language of the email',
                type: 'select',
                value: form?.get('locale') ?? 'en',
                options: locales.map((value) => ({ value, label: ownNames[value] })),
              },
            ],
          },
        ],
      };
    },
    async act(_ctx, { actor }, form) {
      if (config.registration === 'closed') {
        throw new AppError('conflict', 'REGISTRATION is closed: invitations can’t be used.');
      }
      const outcome = await invitations.invite(form.get('email'), form.get('locale'), actor);
      if (!outcome.ok) throw new AppError('invalid_input', emailSentences[outcome.email]);
      return resultPage(outcome);
    },
  };
}

function resultPage({ email, link, expiresAt }: Invited): PanelPage {
  return {
    title: `${email} is invited`,
    lead: `The link is valid until ${describeExactly(expiresAt)}.`,
    back: { label: 'Users', href: usersPath },
    blocks: [
      {
        kind: 'code',
        id: 'invitation-link',
        title: 'The same link, shown only once',
        hint: 'It creates the account: pass it on only to the invited person.',
        text: link,
      },
    ],
  };
}

export function emailField(form: Form | undefined) {
  return {
    name: 'email',
    label: 'Email address',
    type: 'email',
    isRequired: true,
    value: form?.get('email'),
  } as const;
}

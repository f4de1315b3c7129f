// Adding, inviting and changing users.
import type { User } from '#core/users/users.ts';
import { canonicalEmail } from '#core/users/email-addresses.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { AppError } from '#platform/errors.ts';
import type { AccountFaults, Registration } from '#features/registration/registration.service.ts';
import { emailSentences } from '#features/registration/user-create.commands.ts';
import { describePasswordFault } from '#features/passwords/password-input.commands.ts';
import type { UserAdministration } from '#features/user-administration/user-administration.service.ts';
import { withNotice } from '#features/admin/panel/notices.pages.ts';
import { requireVersion, versionField } from '#features/admin/panel/versions.pages.ts';
import type { ActionRoute, Panel } from '#features/admin/panel/panel.pages.ts';
import { addUserAction, backToUser, type UserAction } from './user-actions.pages.ts';
import { emailField, inviteUser, type UserInviteDependencies } from './user-invite.pages.ts';
import { assignmentActions, type UserAssignmentDependencies } from './user-assignments.pages.ts';
import { userPath, usersPath } from './user-list.pages.ts';

export interface UserChangeDependencies extends UserInviteDependencies, UserAssignmentDependencies {
  readonly users: UserStore;
  readonly registration: Registration;
  readonly userAdministration: UserAdministration;
}

export function addUserChanges(panel: Panel, dependencies: UserChangeDependencies): void {
  panel.action(createUser(dependencies));
  panel.action(inviteUser(dependencies));
  addUserAction(panel, dependencies.users, edit(dependencies));
  for (const action of assignmentActions(dependencies)) {
    addUserAction(panel, dependencies.users, action);
  }
}

function createUser({ registration, config }: UserChangeDependencies): ActionRoute {
  return {
    path: `${usersPath}/new`,
    scope: 'users:write',
    protection: 'recent',
    async show(_ctx, _visit, form) {
      return {
        title: 'Add a user',
        lead: 'You set the initial password. To let users choose their own, invite them.',
        back: { label: 'Users', href: usersPath },
        actions: [
          {
            id: 'invite',
            label: 'Invite instead',
            href: `${usersPath}/invite`,
            scope: 'users:write',
          },
        ],
        blocks: [
          {
            kind: 'form',
            submit: 'Add user',
            cancelHref: usersPath,
            fields: [
              emailField(form),
              { name: 'name', label: 'Name', type: 'text', value: form?.get('name') },
              {
                name: 'password',
                label: 'Password',
                type: 'password',
                isRequired: true,
                hint: `At least ${config.minimumPasswordLength} characters.`,
              },
              {
                name: 'verified',
                label: 'Mark the email address as verified',
                type: 'check',
                value: form?.get('verified'),
              },
            ],
          },
        ],
      };
    },
    async act(_ctx, { actor }, form) {
      const name = form.get('name').trim();
      const outcome = await registration.createByOperator(
        {
          email: form.get('email'),
          password: form.get('password'),
          claims: name === '' ? {} : { name },
          emailVerified: form.get('verified') === 'on',
        },
        actor,
      );
      if (!outcome.ok) throw explainFaults(outcome, config.minimumPasswordLength);
      return { to: withNotice(userPath(outcome.user.id), 'created') };
    },
  };
}

function explainFaults({ email, password }: AccountFaults, minimumLength: number): AppError {
  const sentences = [
    ...(email === undefined ? [] : [emailSentences[email]]),
    ...(password === undefined ? [] : [describePasswordFault(password, minimumLength)]),
  ];
  return new AppError('invalid_input', sentences.join(' '));
}

/** The claims that most accounts have; all others are changed with the API or the command line. */
const editedClaims = [
  ['name', 'Name'],
  ['given_name', 'Given name'],
  ['family_name', 'Family name'],
  ['preferred_username', 'Username'],
  ['phone_number', 'Phone number'],
] as const;

function edit({ userAdministration }: UserChangeDependencies): UserAction {
  return {
    name: 'edit',
    title: ({ email }) => `Edit ${email}`,
    lead: 'The user stays signed in. Codes and links sent to the old address stop working.',
    submit: 'Save',
    protection: 'reason',
    fields: (user, form) => [
      versionField(seen(user)),
      {
        name: 'email',
        label: 'Email address',
        type: 'email',
        isRequired: true,
        value: form?.get('email') ?? user.email,
      },
      {
        name: 'verified',
        label: 'Mark the email address as verified',
        type: 'check',
        value: form ? form.get('verified') : user.emailVerified ? 'on' : '',
      },
      ...editedClaims.map(
        ([name, label]) =>
          ({ name, label, type: 'text', value: form?.get(name) ?? claimOf(user, name) }) as const,
      ),
    ],
    async act(user, { visit, form }) {
      const claims = editedClaims
        .map(([name]) => [name, form.get(name).trim()] as const)
        .filter(([name, value]) => value !== claimOf(user, name));
      const email = form.get('email').trim();
      const isSame = canonicalEmail(email) === canonicalEmail(user.email) && email === user.email;
      await userAdministration.update(
        user.id,
        {
          claims: Object.fromEntries(claims.map(([name, value]) => [name, value || null])),
          email: isSame ? undefined : email,
          isVerified: form.get('verified') === 'on',
          check: async (before) => requireVersion(form, seen(before)),
        },
        visit.actor,
      );
      return backToUser(user, 'saved');
    },
  };
}

/** The values that the form shows. Other changes, such as a sign-in, are not a conflict. */
function seen({ email, emailVerified, claims }: User) {
  return { email, emailVerified, claims };
}

function claimOf({ claims }: User, name: (typeof editedClaims)[number][0]): string {
  return claims[name] ?? '';
}

// Examples of the commands about users.
import { randomBytes, randomUUID } from 'node:crypto';
import { commandLine } from '#core/revocation/commands/format-receipt.ts';
import type { Person } from '#test/support/actors/relying-party.ts';
import { setUpCodes } from '#test/support/steps/totp.ts';
import type { TestApp } from '#test/support/app.ts';
import {
  receipt,
  receiptText,
  sessionTable,
  shownAdministrator,
  shownBlockedUser,
  shownSession,
  shownUser,
  shownUserWithName,
  userText,
  type Examples,
  type Invocation,
} from './example.ts';

const password = 'seven grey herons at noon\n';
const newEmail = () => `new.${randomUUID()}@examples.example`;

/** On a new user. */
const onUser =
  (...options: readonly string[]) =>
  async (app: TestApp): Promise<Invocation> => ({
    args: [(await app.createUser()).email, ...options],
  });

export const userExamples: Examples = {
  'user list': {
    async prepare(app) {
      const { email } = await app.createUser({ claims: { name: 'Ann Berg' } });
      return { args: ['--search', email] };
    },
    text: /^EMAIL +NAME +STATE +ROLES +CREATED +ID\nann\.\S+ +Ann Berg +unverified +- +\d{4}-\d\d-\d\d +[\w-]{36}\n/,
    json: [shownUserWithName],
  },
  'user show': {
    async prepare(app) {
      const user = await userWithEverything(app);
      return { args: [user.email] };
    },
    text: /^id +[\w-]{36}\nemail +shown\.\S+\nemail_verified +false\nblocked_at +\S+Z\nblocked_until +2100-01-01T00:00:00\.000Z\nblocked_reason +spam\nblocked_by +operator\ncreated_at +\S+Z\nupdated_at +\S+Z\nhas_password +true\nsecond_factor +totp since \S+Z, 10 recovery codes left\n\nPasskeys:\n  iPhone +added \S+Z +never used\n\nLinked accounts:\n  accounts\.example +ann@accounts\.example +linked \S+Z +never used\n$/,
    json: {
      ...shownBlockedUser,
      blocked_until: 'text',
      blocked_reason: 'text',
      blocked_by: 'text',
      has_password: 'flag',
      second_factor: {
        type: 'text',
        since: 'text',
        last_used_at: 'text',
        recovery_codes_left: 'number',
      },
      passkeys: [{ id: 'text', name: 'text', created_at: 'text', last_used_at: null }],
      linked_accounts: [
        { id: 'text', provider: 'text', email: 'text', linked_at: 'text', last_used_at: null },
      ],
    },
  },
  'user create': {
    prepare: () => ({ args: ['--email', newEmail(), '--password-stdin'], stdin: password }),
    text: userText('Account created\\.'),
    json: shownUser,
  },
  'user invite': {
    prepare: () => ({ args: ['--email', newEmail()] }),
    text: /^new\.[\w-]+@examples\.example was invited by mail\. The same link, valid until \S+Z:\n\nhttp:\S+\/auth\/invitation\/[\w-]{43}\n$/,
    json: { email: 'text', link: 'text', expires_at: 'text' },
  },
  'user import-part': {
    prepare: () => ({ args: ['--step', 'begin'] }),
    text: /^$/,
    json: { run: 'text' },
  },
  'user update': {
    prepare: onUser('--name', 'Ann Berg'),
    text: userText('The user is updated\\.', '', 'name +Ann Berg\\n'),
    json: shownUserWithName,
  },
  'user set-password': {
    prepare: async (app) => ({
      args: [(await app.createUser()).id, '--password-stdin'],
      stdin: password,
    }),
    text: receiptText(String.raw`\S+@\S+ has a new password and is notified by mail\.`),
    json: receipt,
  },
  'user block': {
    prepare: onUser('--reason', 'spam'),
    text: receiptText(String.raw`\S+@\S+ is blocked\.`),
    json: receipt,
  },
  'user unblock': {
    async prepare(app) {
      const { id } = await app.createUser();
      await app.block(id);
      return { args: [id] };
    },
    text: receiptText(String.raw`\S+@\S+ may sign in again\.`),
    json: receipt,
  },
  'user sessions': {
    async prepare(app) {
      const user = await app.createUser();
      await (await app.relyingParty()).login(user);
      return { args: [user.id] };
    },
    text: sessionTable,
    json: [shownSession],
  },
  'user sign-out': {
    prepare: onUser(),
    text: receiptText(String.raw`\S+@\S+ is signed out everywhere\.`),
    json: receipt,
  },
  'user add-role': {
    prepare: onUser('--role', 'admin'),
    text: userText('The user is now an administrator\\.', 'roles +admin\\n'),
    json: shownAdministrator,
  },
  'user remove-role': {
    async prepare(app) {
      const { id } = await app.createUser();
      await app.services.roleAdministration.grant(id, 'admin', commandLine);
      return { args: [id, '--role', 'admin'] };
    },
    text: userText('The user no longer has the role admin\\..*'),
    json: shownUser,
  },
  'user set-admin': {
    prepare: onUser(),
    text: userText('The user is now an administrator\\.', 'roles +admin\\n'),
    json: shownAdministrator,
  },
  'user remove-second-factor': {
    async prepare(app) {
      const user = await app.createUser();
      const { browser } = await (await app.relyingParty()).login(user);
      await setUpCodes(browser, user);
      return { args: [user.email, '--yes'] };
    },
    text: userText('The user now signs in with the password alone and is notified by mail\\.'),
    json: shownUser,
  },
  'user delete': {
    prepare: onUser('--yes'),
    text: /^Account deleted\.\n$/,
    json: { id: 'text', deleted: 'flag' },
  },
};

/** A blocked user with a second factor, a passkey and a linked account. */
async function userWithEverything(app: TestApp): Promise<Person> {
  const user = await app.createUser({ email: `shown.${randomUUID()}@example.com` });
  const { services } = app;
  const { browser } = await (await app.relyingParty()).login(user);
  await setUpCodes(browser, user);
  const linkedAt = services.now();
  await services.db.knex('passkeys').insert({
    credential_id: randomBytes(16),
    user_id: user.id,
    public_key: randomBytes(32),
    sign_count: 0,
    transports: ['internal'],
    device_type: 'multiDevice',
    backed_up: true,
    aaguid: '00000000-0000-0000-0000-000000000000',
    name: 'iPhone',
    created_at: linkedAt,
  });
  await services.db.knex('identities').insert({
    id: randomUUID(),
    user_id: user.id,
    issuer: 'https://accounts.example',
    subject: randomUUID(),
    provider_id: 'accounts',
    email: 'ann@accounts.example',
    linked_at: linkedAt,
  });
  await services.blocking.blockUser({
    userId: user.id,
    reason: 'spam',
    until: new Date('2100-01-01T00:00:00Z'),
    by: { kind: 'operator' },
  });
  return user;
}

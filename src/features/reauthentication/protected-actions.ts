// Every form below /auth/account, and those elsewhere that change what a user signs in with: which of
// them ask for reauthentication, and how recent it has to be. A test holds it against the routes.
import type { Recency } from './reauthentication.ts';

interface SensitiveAct {
  readonly recency: Recency;
  /** Where the act is offered, below /auth/account: where a proof given elsewhere leads back to. */
  readonly page: AccountPage;
  readonly routes: readonly string[];
}

/** Pages that a user comes back to after a proof. */
export const accountPages = [
  'password',
  'email',
  'passkeys',
  'linked',
  'linked/new',
  'codes',
  'codes/new',
  'export',
  'delete',
] as const;
export type AccountPage = (typeof accountPages)[number];

export const sensitiveActs = {
  change_password: {
    recency: 'now',
    page: 'password',
    routes: ['POST /auth/account/password'],
  },
  remove_password: {
    recency: 'now',
    page: 'password',
    routes: ['POST /auth/account/password/remove'],
  },
  change_email: {
    recency: 'recent',
    page: 'email',
    routes: ['POST /auth/account/email'],
  },
  turn_on_codes: {
    recency: 'recent',
    page: 'codes',
    routes: ['POST /auth/account/codes/begin', 'POST /auth/account/codes/confirm'],
  },
  turn_off_or_renew_codes: {
    recency: 'now',
    page: 'codes',
    routes: ['POST /auth/account/codes'],
  },
  add_passkey: {
    recency: 'recent',
    page: 'passkeys',
    routes: ['POST /auth/account/passkeys/options', 'POST /auth/account/passkeys'],
  },
  rename_passkey: {
    recency: 'recent',
    page: 'passkeys',
    routes: ['POST /auth/account/passkeys/rename'],
  },
  remove_passkey: {
    recency: 'recent',
    page: 'passkeys',
    routes: ['POST /auth/account/passkeys/remove'],
  },
  link_identity: {
    recency: 'recent',
    page: 'linked',
    routes: [
      'POST /auth/with/:provider',
      'POST /auth/account/linked/new',
      'POST /auth/interaction/:uid/with/link/confirm',
    ],
  },
  unlink_identity: {
    recency: 'recent',
    page: 'linked',
    routes: ['POST /auth/account/linked/unlink'],
  },
  export_data: {
    recency: 'recent',
    page: 'export',
    routes: ['POST /auth/account/export', 'POST /auth/account/export/download'],
  },
  delete_account: {
    recency: 'now',
    page: 'delete',
    routes: ['POST /auth/account/delete'],
  },
} as const satisfies Readonly<Record<string, SensitiveAct>>;

export type SensitiveActName = keyof typeof sensitiveActs;

/** Forms of a signed-in user that need nothing more than the session, each with the reason. */
export const otherForms: Readonly<Record<string, string>> = {
  'POST /auth/account/confirm': 'It is the reauthentication.',
  'POST /auth/account/confirm/passkey': 'It is the reauthentication.',
  'POST /auth/account/confirm/passkey/options': 'A challenge opens nothing.',
  'POST /auth/account/profile': 'Claims about a person sign nobody in.',
  'POST /auth/account/details/:namespace': 'Custom attributes sign nobody in.',
  'POST /auth/account/keep': 'It leaves the account as it was.',
  'POST /auth/account/apps/:clientId/revoke': 'It only takes access away.',
  'POST /auth/account/sessions/:uid/end': 'It only takes access away.',
  'POST /auth/account/sessions/end-others': 'It only takes access away.',
  'POST /auth/account/email/undo/:token':
    'The link in the mail is the proof; no session takes part.',
  'POST /auth/with/:provider/one-tap': 'It signs in; it links nothing.',
};

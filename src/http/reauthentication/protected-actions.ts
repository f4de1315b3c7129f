// All forms below /auth/account, and all others that change how a user signs in: which of them
// require reauthentication, and how recent it has to be. A test compares this table with the
// routes.
import type { Recency } from '#core/sessions/authentication.ts';

interface SensitiveAct {
  readonly recency: Recency;
  /** Page of the action, below /auth/account; standalone reauthentication redirects to it. */
  readonly page: AccountPage;
  readonly routes: readonly string[];
}

/** Pages to which standalone reauthentication can redirect. */
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
  'requests',
] as const;
export type AccountPage = (typeof accountPages)[number];

/** The page that a form names; any other text leads to the account overview. */
export function readAccountPage(text: string): AccountPage | undefined {
  return accountPages.find((page) => page === text);
}

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
  approve_request: {
    recency: 'recent',
    page: 'requests',
    routes: ['POST /auth/account/requests/:id/allow'],
  },
  delete_account: {
    recency: 'now',
    page: 'delete',
    routes: ['POST /auth/account/delete'],
  },
} as const satisfies Readonly<Record<string, SensitiveAct>>;

export type SensitiveActName = keyof typeof sensitiveActs;

/** Forms of a signed-in user that require only the session, each with the reason. */
export const otherForms: Readonly<Record<string, string>> = {
  'POST /auth/account/confirm': 'This is the reauthentication itself.',
  'POST /auth/account/confirm/passkey': 'This is the reauthentication itself.',
  'POST /auth/account/confirm/passkey/options': 'A challenge grants no access.',
  'POST /auth/account/profile': 'Standard claims cannot be used to sign in.',
  'POST /auth/account/profile/address': 'Standard claims cannot be used to sign in.',
  'POST /auth/account/profile/contact': 'Standard claims cannot be used to sign in.',
  'POST /auth/account/profile/region': 'Standard claims cannot be used to sign in.',
  'POST /auth/account/profile/picture': 'A picture cannot be used to sign in.',
  'POST /auth/account/profile/picture/remove': 'A picture cannot be used to sign in.',
  'POST /auth/account/details/:namespace': 'Custom attributes cannot be used to sign in.',
  'POST /auth/account/keep': 'It cancels the deletion of the account.',
  'POST /auth/account/apps/:clientId/revoke': 'It only revokes access.',
  'POST /auth/account/sessions/:uid/end': 'It only revokes access.',
  'POST /auth/account/sessions/end-others': 'It only revokes access.',
  'POST /auth/account/sessions/trusted/:id/end': 'It only ends the trust in a browser.',
  'POST /auth/account/requests/:id/deny': 'It only refuses.',
  'POST /auth/account/email/undo/:token':
    'The link in the mail authorizes it; no session is involved.',
  'POST /auth/with/:provider/one-tap': 'It signs the user in and links no identity.',
};

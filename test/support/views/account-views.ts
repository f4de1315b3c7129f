// Locals of the account views: a full and a minimal set per view.
import type { ViewLocals } from '#http/rendering/views/view-types.ts';
import {
  fullReauthentication,
  fullReauthenticationProblems,
  shortReauthentication,
} from './reauthentication-views.ts';

type AccountView =
  | 'account'
  | 'account-confirm'
  | 'account-password'
  | 'account-profile'
  | 'account-delete'
  | 'account-delete-done'
  | 'account-sessions'
  | 'account-apps'
  | 'account-activity';
type AccountLocals = { readonly [V in AccountView]: ViewLocals[V] };
type FullAccountLocals = { readonly [V in AccountView]: Required<ViewLocals[V]> };

const time = { iso: '2026-05-04T12:00:00.000Z', words: '2 hours ago' };
const ways = {
  profileHref: '/auth/account/profile',
  passwordHref: '/auth/account/password',
  passkeysHref: '/auth/account/passkeys',
  linkedHref: '/auth/account/linked',
  codesHref: '/auth/account/codes',
  sessionsHref: '/auth/account/sessions',
  appsHref: '/auth/account/apps',
  activityHref: '/auth/account/activity',
  details: [],
  exportHref: '/auth/account/export',
  deleteHref: '/auth/account/delete',
  keepAction: '/auth/account/keep',
};

const field = {
  name: 'zoneinfo',
  type: 'text',
  autocomplete: 'off',
  label: 'account-profile.field.zoneinfo',
  value: 'Nowhere',
  problem: 'account-profile.problem.zoneinfo',
} as const;

export const fullAccountLocals: FullAccountLocals = {
  account: {
    ...ways,
    details: [{ href: '/auth/account/details/shipping', title: 'Shipping' }],
    user: { name: 'Ada Lovelace', email: 'ada@example.org', emailVerified: true },
    formToken: 'token',
    verifyAction: '/auth/verify/send',
    emailHref: '/auth/account/email',
    signOutAction: '/auth/sign-out',
    signOutHref: '/oauth2/logout',
    deletionDue: { ...time, words: 'in 6 days' },
    playgroundHref: '/auth/playground',
  },
  'account-confirm': {
    email: 'ada@example.org',
    formToken: 'token',
    reauthentication: fullReauthentication,
    problems: fullReauthenticationProblems,
    trouble: 'with.problem.stale',
    backHref: '/auth/account',
  },
  'account-password': {
    action: '/auth/account/password',
    formToken: 'token',
    email: 'ada@example.org',
    reauthentication: { ...fullReauthentication, providers: [] },
    problems: {
      ...fullReauthenticationProblems,
      current: 'problem.password.wrong',
      password: 'problem.password.common',
      remove: 'problem.password.wrong',
    },
    minimumPasswordLength: 15,
    hasPassword: true,
    removeAction: '/auth/account/password/remove',
    recoverHref: '/auth/recover',
    accountHref: '/auth/account',
  },
  'account-profile': {
    action: '/auth/account/profile',
    formToken: 'token',
    fields: { person: [field], address: [] },
    hasProblems: true,
    accountHref: '/auth/account',
  },
  'account-delete': {
    action: '/auth/account/delete',
    formToken: 'token',
    email: 'ada@example.org',
    days: 7,
    reauthentication: fullReauthentication,
    problems: fullReauthenticationProblems,
    accountHref: '/auth/account',
  },
  'account-delete-done': { days: 7, homeHref: '/' },
  'account-sessions': {
    sessions: [
      {
        device: 'Safari, iPhone',
        place: 'Germany',
        address: '203.0.113.7',
        apps: ['Acme Notes'],
        firstUsed: time,
        lastUsed: time,
        isCurrent: true,
        endAction: '/auth/account/sessions/1/end',
      },
    ],
    formToken: 'token',
    endOthersAction: '/auth/account/sessions/end-others',
    accountHref: '/auth/account',
  },
  'account-apps': {
    apps: [
      {
        client: { name: 'Acme Notes' },
        requests: [{ icon: 'email', text: 'See your email address' }],
        since: time,
        lastUsed: time,
        revokeAction: '/auth/account/apps/acme/revoke',
      },
    ],
    formToken: 'token',
    accountHref: '/auth/account',
  },
  'account-activity': {
    entries: [
      {
        what: 'Signed in',
        device: 'Safari, iPhone',
        place: 'Germany',
        address: '203.0.113.7',
        at: time,
      },
    ],
    accountHref: '/auth/account',
  },
};

export const shortAccountLocals: AccountLocals = {
  account: { ...ways, user: { email: 'ada@example.org', emailVerified: false } },
  'account-confirm': {
    email: 'ada@example.org',
    formToken: 'token',
    reauthentication: shortReauthentication,
    problems: {},
    backHref: '/auth/account',
  },
  'account-password': {
    action: '/auth/account/password',
    formToken: 'token',
    email: 'ada@example.org',
    reauthentication: shortReauthentication,
    problems: {},
    minimumPasswordLength: 15,
    hasPassword: true,
    recoverHref: '/auth/recover',
    accountHref: '/auth/account',
  },
  'account-profile': {
    action: '/auth/account/profile',
    formToken: 'token',
    fields: { person: [], address: [] },
    hasProblems: false,
    accountHref: '/auth/account',
  },
  'account-delete': {
    action: '/auth/account/delete',
    formToken: 'token',
    email: 'ada@example.org',
    days: 1,
    reauthentication: shortReauthentication,
    problems: {},
    accountHref: '/auth/account',
  },
  'account-delete-done': { days: 1, homeHref: '/' },
  'account-sessions': {
    sessions: [
      { apps: [], firstUsed: time, lastUsed: time, isCurrent: false, endAction: '/auth/end' },
    ],
    formToken: 'token',
    accountHref: '/auth/account',
  },
  'account-apps': { apps: [], formToken: 'token', accountHref: '/auth/account' },
  'account-activity': { entries: [{ what: 'Signed in', at: time }], accountHref: '/auth/account' },
};

export const accountHooks: { readonly [V in AccountView]: readonly string[] } = {
  account: [],
  'account-confirm': ['name="password"', 'name="form_token"', 'id="confirm"'],
  'account-password': ['name="current"', 'name="password"', 'id="continue"'],
  'account-profile': ['id="continue"'],
  'account-delete': ['name="password"', 'id="delete"'],
  'account-delete-done': ['id="signed-out"'],
  'account-sessions': ['name="form_token"', 'id="end-1"'],
  'account-apps': [],
  'account-activity': [],
};

// Locals of the account views: a full and a minimal set per view.
import {
  fullReauthentication,
  fullReauthenticationProblems,
  shortReauthentication,
} from './reauthentication-views.ts';
import { aFixture, type ViewFixture } from './view-fixture.ts';
import { accountView } from '#features/account-overview/account-overview.pages.ts';
import { accountConfirmView } from '#features/reauthentication/reauthentication.pages.ts';
import { accountPasswordView } from '#features/password-change/password-change.pages.ts';
import { accountProfileView } from '#features/profile/profile.pages.ts';
import {
  accountDeleteView,
  accountDeleteDoneView,
} from '#features/account-deletion/account-deletion.pages.ts';
import { accountSessionsView } from '#features/account/sessions.pages.ts';
import { accountAppsView } from '#features/connected-apps/connected-apps.pages.ts';
import { accountActivityView } from '#features/account/activity.pages.ts';

const time = { iso: '2026-05-04T12:00:00.000Z', words: '2 hours ago' };
const links = {
  formToken: 'token',
  emailHref: '/auth/account/email',
  signOutHref: '/oauth2/logout',
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

export const accountFixtures: readonly ViewFixture[] = [
  aFixture(accountView, {
    full: {
      ...links,
      details: [{ href: '/auth/account/details/shipping', title: 'Shipping' }],
      user: { name: 'Ada Lovelace', email: 'ada@example.org', emailVerified: true },
      verifyAction: '/auth/verify/send',
      deletionDue: { ...time, words: 'in 6 days' },
      playgroundHref: '/auth/playground',
    },
    short: { ...links, user: { email: 'ada@example.org', emailVerified: false } },
  }),
  aFixture(accountConfirmView, {
    full: {
      email: 'ada@example.org',
      formToken: 'token',
      reauthentication: fullReauthentication,
      problems: fullReauthenticationProblems,
      trouble: 'with.problem.stale',
      backHref: '/auth/account',
    },
    short: {
      email: 'ada@example.org',
      formToken: 'token',
      reauthentication: shortReauthentication,
      problems: {},
      backHref: '/auth/account',
    },
    hooks: ['name="password"', 'name="form_token"', 'id="confirm"'],
  }),
  aFixture(accountPasswordView, {
    full: {
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
    short: {
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
    hooks: ['name="current"', 'name="password"', 'id="continue"'],
  }),
  aFixture(accountProfileView, {
    full: {
      action: '/auth/account/profile',
      formToken: 'token',
      fields: { person: [field], address: [] },
      hasProblems: true,
      accountHref: '/auth/account',
    },
    short: {
      action: '/auth/account/profile',
      formToken: 'token',
      fields: { person: [], address: [] },
      hasProblems: false,
      accountHref: '/auth/account',
    },
    hooks: ['id="continue"'],
  }),
  aFixture(accountDeleteView, {
    full: {
      action: '/auth/account/delete',
      formToken: 'token',
      email: 'ada@example.org',
      days: 7,
      reauthentication: fullReauthentication,
      problems: fullReauthenticationProblems,
      accountHref: '/auth/account',
    },
    short: {
      action: '/auth/account/delete',
      formToken: 'token',
      email: 'ada@example.org',
      days: 1,
      reauthentication: shortReauthentication,
      problems: {},
      accountHref: '/auth/account',
    },
    hooks: ['name="password"', 'id="delete"'],
  }),
  aFixture(accountDeleteDoneView, {
    full: { days: 7, homeHref: '/' },
    short: { days: 1, homeHref: '/' },
    hooks: ['id="signed-out"'],
  }),
  aFixture(accountSessionsView, {
    full: {
      sessions: [
        {
          device: 'Safari, iPhone',
          country: 'Germany',
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
    short: {
      sessions: [
        { apps: [], firstUsed: time, lastUsed: time, isCurrent: false, endAction: '/auth/end' },
      ],
      formToken: 'token',
      accountHref: '/auth/account',
    },
    hooks: ['name="form_token"', 'id="end-1"'],
  }),
  aFixture(accountAppsView, {
    full: {
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
    short: { apps: [], formToken: 'token', accountHref: '/auth/account' },
  }),
  aFixture(accountActivityView, {
    full: {
      entries: [
        {
          what: 'Signed in',
          device: 'Safari, iPhone',
          country: 'Germany',
          address: '203.0.113.7',
          at: time,
        },
      ],
      accountHref: '/auth/account',
    },
    short: { entries: [{ what: 'Signed in', at: time }], accountHref: '/auth/account' },
  }),
];

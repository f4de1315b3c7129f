// Locals of the account views: a full and a minimal set per view.
import {
  fullReauthentication,
  fullReauthenticationProblems,
  shortReauthentication,
} from './reauthentication-views.ts';
import { aFixture, type ViewFixture } from './view-fixture.ts';
import { accountConfirmView } from '#features/reauthentication/reauthentication.pages.ts';
import { accountPasswordView } from '#features/password-change/password-change.pages.ts';
import { accountProfileView } from '#features/profile/profile.pages.ts';
import {
  accountDeleteView,
  accountDeleteDoneView,
} from '#features/account-deletion/account-deletion.pages.ts';

const field = {
  name: 'zoneinfo',
  type: 'text',
  autocomplete: 'off',
  label: 'account-profile.field.zoneinfo',
  value: 'Nowhere',
  problem: 'account-profile.problem.zoneinfo',
} as const;

export const accountFixtures: readonly ViewFixture[] = [
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
];

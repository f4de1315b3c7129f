// Locals of the account views: a full and a minimal set per view.
import {
  fullReauthentication,
  fullReauthenticationProblems,
  shortReauthentication,
  typedReauthentication,
} from './reauthentication-views.ts';
import { aFixture, type ViewFixture } from './view-fixture.ts';
import { accountConfirmView } from '#features/reauthentication/reauthentication.pages.ts';
import { accountPasswordView } from '#features/password-change/password-change.pages.ts';
import { accountProfileView } from '#features/profile/profile.pages.ts';
import { allProfileClaims } from '#config/kinds/profile-claims.ts';
import {
  inputsOf,
  showSections,
  type ProfileField,
} from '#features/profile/fields/profile-fields.pages.ts';
import {
  accountDeleteView,
  accountDeleteDoneView,
} from '#features/account-deletion/account-deletion.pages.ts';

const profileFields: readonly ProfileField[] = [
  {
    control: 'text',
    name: 'zoneinfo',
    type: 'text',
    autocomplete: 'off',
    label: 'account-profile.field.zoneinfo',
    hint: 'account-profile.zoneinfo.hint',
    suggestions: ['Europe/Berlin'],
    value: 'Nowhere',
    problem: 'account-profile.problem.zoneinfo',
  },
  {
    control: 'birthdate',
    name: 'birthdate',
    label: 'account-profile.field.birthdate',
    order: ['day', 'month', 'year'],
    months: [{ value: '05', text: 'May' }],
    day: '23',
    month: '05',
    year: '1987',
  },
  {
    control: 'phone',
    name: 'phone_number',
    label: 'account-profile.field.phone_number',
    countries: ['Germany +49'],
    country: 'Germany +49',
    number: '30 1234567',
  },
  {
    control: 'country',
    name: 'country',
    label: 'account-profile.field.country',
    countries: ['Germany'],
    value: 'Germany',
  },
  {
    control: 'language',
    name: 'locale',
    label: 'account-profile.field.locale',
    options: {
      pages: [{ value: 'de', text: 'Deutsch', lang: 'de' }],
      others: [{ value: 'nl', text: 'Nederlands', lang: 'nl' }],
    },
    value: 'de',
  },
  {
    control: 'shown',
    name: 'gender',
    label: 'account-profile.field.gender',
    text: 'female',
  },
];

const picture = {
  href: '/auth/pictures/key-small.jpg',
  name: 'Ada Lovelace',
  uploadAction: '/auth/account/profile/picture',
  removeAction: '/auth/account/profile/picture/remove',
  host: 'pictures.example',
  accept: 'image/png',
  maxMegabytes: 10,
  minSidePixels: 100,
  maxSidePixels: 10_000,
  problem: 'account-profile.problem.picture.size',
} as const;

const ada = {
  name: 'Ada Lovelace',
  given_name: 'Ada',
  family_name: 'Lovelace',
  preferred_username: 'ada',
  birthdate: '1987-05-23',
};

export const accountFixtures: readonly ViewFixture[] = [
  aFixture(accountConfirmView, {
    full: {
      email: 'ada@example.org',
      formToken: 'token',
      reauthentication: fullReauthentication,
      problems: fullReauthenticationProblems,
      trouble: 'with.problem.stale',
    },
    short: {
      email: 'ada@example.org',
      formToken: 'token',
      reauthentication: shortReauthentication,
      problems: {},
    },
    hooks: ['name="password"', 'name="form_token"', 'id="confirm"'],
  }),
  aFixture(accountPasswordView, {
    full: {
      action: '/auth/account/password',
      formToken: 'token',
      email: 'ada@example.org',
      reauthentication: typedReauthentication,
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
    },
    hooks: ['name="current"', 'name="password"', 'id="continue"'],
  }),
  aFixture(accountProfileView, {
    full: {
      action: '/auth/account/profile',
      formToken: 'token',
      tabs: [
        {
          id: 'general',
          href: '/auth/account/profile',
          label: 'account-profile.tab.general',
          isCurrent: true,
        },
        ...(['contact', 'address', 'region'] as const).map((id) => ({
          id,
          href: `/auth/account/profile/${id}`,
          label: `account-profile.tab.${id}` as const,
          isCurrent: false,
        })),
      ],
      picture,
      sections: [{ id: 'about', heading: 'account-profile.section.about', fields: profileFields }],
      canSave: true,
      hasProblems: true,
    },
    shown: {
      picture: {
        ...picture,
        host: undefined,
        href: undefined,
        removeAction: undefined,
        problem: undefined,
      },
      sections: showSections({
        part: 'general',
        access: allProfileClaims,
        claims: ada,
        inputs: inputsOf(ada, 'en'),
        locale: 'en',
      }),
    },
    short: {
      action: '/auth/account/profile',
      formToken: 'token',
      sections: [],
      canSave: false,
      hasProblems: false,
    },
  }),
  aFixture(accountDeleteView, {
    full: {
      action: '/auth/account/delete',
      formToken: 'token',
      email: 'ada@example.org',
      date: 'May 11, 2026',
      reauthentication: typedReauthentication,
      problems: fullReauthenticationProblems,
      accountHref: '/auth/account',
    },
    short: {
      action: '/auth/account/delete',
      formToken: 'token',
      email: 'ada@example.org',
      date: 'May 11, 2026',
      reauthentication: shortReauthentication,
      problems: {},
      accountHref: '/auth/account',
    },
    hooks: ['name="password"', 'id="delete"'],
  }),
  aFixture(accountDeleteDoneView, {
    full: { date: 'May 11, 2026', signInHref: '/auth/sign-in' },
    short: { date: 'May 11, 2026', signInHref: '/auth/sign-in' },
    hooks: ['id="signed-out"'],
  }),
];

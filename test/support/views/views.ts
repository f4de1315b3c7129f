/** Full and minimal locals of every view, and the elements that its page must keep. */
import { accessFixtures } from './access-views.ts';
import { accountFixtures } from './account-views.ts';
import { overviewFixtures } from './overview-views.ts';
import { factorFixtures } from './mfa-views.ts';
import { personalDataFixtures } from './personal-data-views.ts';
import { emailTokenFixtures } from './email-token-views.ts';
import { mailboxFixtures } from './mailbox-views.ts';
import { federationFixtures } from './federation-views.ts';
import { adminFixtures } from './admin-views.ts';
import { chooserFixtures } from './chooser-views.ts';
import { deviceFixtures } from './device-views.ts';
import { client, siteFixtures } from './site-views.ts';
import { aFixture, type ViewFixture } from './view-fixture.ts';
import { signInView } from '#features/sign-in/sign-in.pages.ts';
import { secondFactorView } from '#features/mfa/second-step.pages.ts';
import { registerView } from '#features/registration/registration.pages.ts';
import { setupEndedView, setupView } from '#features/setup/setup.pages.ts';
import { consentView } from '#features/interaction/consent-view.pages.ts';
import { signOutView } from '#features/interaction/provider-pages.pages.ts';
import { stayedView } from '#features/interaction/sign-out.pages.ts';

const passkey = { action: '/auth/sign-in/passkey', optionsAction: '/auth/sign-in/passkey/options' };
const others = {
  providers: [
    {
      id: 'google',
      name: 'Google',
      action: '/auth/with/google',
      logo: { symbol: 'google' },
    },
  ],
  interaction: '1',
};
const newAccount = { action: '/auth/register', formToken: 'token', minimumPasswordLength: 12 };

export const fixtures: readonly ViewFixture[] = [
  ...overviewFixtures,
  ...accountFixtures,
  ...accessFixtures,
  ...factorFixtures,
  ...personalDataFixtures,
  ...emailTokenFixtures,
  ...federationFixtures,
  ...adminFixtures,
  ...chooserFixtures,
  ...deviceFixtures,
  ...siteFixtures,
  aFixture(signInView, {
    full: {
      action: '/auth/interaction/1/sign-in',
      formToken: 'token',
      login: 'ada@example.org',
      problem: 'sign-in.problem.wrong',
      trouble: 'problem.passkey.refused',
      notice: 'sign-in.notice.reauthenticate',
      client,
      signedInAs: 'ada@example.org',
      mailHref: '/auth/sign-in/mail',
      recoverHref: '/auth/recover',
      registerHref: '/auth/register',
      awaitsMail: false,
      cancelAction: '/auth/interaction/1/cancel',
      passkey,
      others,
      oneTap: { clientId: 'client', nonce: 'nonce', loginUri: 'https://id.example/one-tap' },
      chooseHref: '/auth/interaction/1/account',
      stays: true,
      lastUsed: 'passkey',
    },
    shown: {
      login: undefined,
      notice: undefined,
      signedInAs: undefined,
      chooseHref: undefined,
      lastUsed: undefined,
    },
    short: { action: '/auth/sign-in', formToken: 'token', stays: false },
    hooks: ['name="login"', 'name="password"', 'name="form_token"', 'id="sign-in"'],
  }),
  aFixture(secondFactorView, {
    full: {
      action: '/auth/interaction/1/second-factor',
      formToken: 'token',
      email: 'ada@example.org',
      problem: 'problem.factor.wrong',
      trouble: 'problem.passkey.refused',
      client,
      passkey,
      againHref: '/auth/interaction/1',
      isRecovery: false,
      otherHref: '/auth/interaction/1/second-factor?recovery=yes',
      trustDays: 30,
    },
    short: {
      action: '/auth/second-factor',
      formToken: 'token',
      email: 'ada@example.org',
      againHref: '/auth/sign-in',
      isRecovery: true,
      otherHref: '/auth/sign-in/second-factor',
    },
    hooks: ['name="code"', 'id="verify"', 'name="form_token"'],
  }),
  aFixture(registerView, {
    full: {
      ...newAccount,
      values: { name: 'Ada Lovelace', email: 'ada@example.org' },
      problems: {
        name: 'problem.name.malformed',
        email: 'problem.email.taken',
        password: 'problem.password.too_short',
        terms: 'problem.terms',
        general: 'error.message.conflict',
      },
      client,
      signInHref: '/auth/sign-in',
      others,
      termsHref: 'https://acme.example/terms',
    },
    shown: { termsHref: undefined },
    short: { ...newAccount, values: {}, problems: {} },
    hooks: [
      'name="name"',
      'name="email"',
      'name="password"',
      'name="form_token"',
      'id="register"',
      'autocomplete="new-password"',
    ],
  }),
  aFixture(setupView, {
    full: { ...newAccount, values: { email: 'ada@example.org' }, problems: {} },
    short: { ...newAccount, values: {}, problems: {} },
    hooks: ['name="email"', 'name="password"', 'name="form_token"', 'id="register"'],
  }),
  aFixture(setupEndedView, {
    full: { signInHref: '/auth/admin' },
    hooks: ['id="setup-ended"'],
  }),
  aFixture(consentView, {
    full: {
      action: '/auth/interaction/1/consent',
      formToken: 'token',
      client,
      account: { name: 'Ada Lovelace', email: 'ada@example.org' },
      requests: [
        { icon: 'receipt', text: 'Pay 123.50 EUR to Corner Shop' },
        { icon: 'profile', text: 'See your name and profile' },
        { icon: 'email', text: 'See your email address' },
      ],
      known: [{ icon: 'person', text: 'Recognize you when you sign in' }],
      native: true,
      origin: { host: 'notes.example', answerHost: 'vscode.dev' },
      switchAction: '/auth/interaction/1/switch',
    },
    shown: {
      requests: [
        { icon: 'email', text: 'See your email address' },
        { icon: 'profile', text: 'See your name and picture' },
      ],
      native: false,
      origin: undefined,
    },
    short: {
      action: '/auth/interaction/1/consent',
      formToken: 'token',
      client: { name: 'Acme Notes' },
      account: { email: 'ada@example.org' },
      requests: [],
    },
    hooks: [
      'id="allow" name="decision" value="allow"',
      'id="deny" class="second" name="decision" value="deny"',
      'name="form_token"',
    ],
  }),
  aFixture(signOutView, {
    full: {
      action: '/oauth2/logout/confirm',
      xsrf: 'secret',
      stayAction: '/auth/sign-out/stay',
      client,
      clientId: 'acme',
      email: 'ada@example.org',
      hasOthers: true,
    },
    short: {
      action: '/oauth2/logout/confirm',
      xsrf: 'secret',
      stayAction: '/auth/sign-out/stay',
    },
    hooks: ['name="xsrf"', 'id="sign-out" name="logout" value="yes"', 'id="stay"'],
  }),
  aFixture(stayedView, {
    full: {
      client,
      email: 'ada@example.org',
      returnHref: 'https://acme.example/',
      accountHref: '/auth/account',
    },
    short: { accountHref: '/auth/account' },
    hooks: ['id="stayed"'],
  }),
  ...mailboxFixtures,
];

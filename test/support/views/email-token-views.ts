/**
 * Locals of the email verification and recovery views for views.ts: a full and a minimal set per
 * view.
 */
import { fullReauthenticationProblems, shortReauthentication } from './reauthentication-views.ts';
import { aFixture, type ViewFixture } from './view-fixture.ts';
import { verifyView } from '#features/email-verification/verify-code.pages.ts';
import { verifyLinkView } from '#features/email-verification/verify-link.pages.ts';
import { recoverView } from '#features/recovery/password-reset.pages.ts';
import { mailSignInView, mailSignInLinkView } from '#features/email-sign-in/email-sign-in.pages.ts';
import {
  recoverCodeView,
  newPasswordView,
} from '#features/email-tokens/email-token-views.pages.ts';
import {
  emailView,
  emailUndoView,
  emailUndoneView,
} from '#features/email-verification/email-change.pages.ts';
import { invitationView } from '#features/invitations/invitation.pages.ts';

const form = { action: '/auth/verify', formToken: 'token' };
const email = 'ada@example.org';

export const emailTokenFixtures: readonly ViewFixture[] = [
  aFixture(verifyView, {
    full: {
      ...form,
      proofId: '1',
      email,
      problem: 'problem.code.wrong',
      isSentAgain: true,
      wait: 'in 12 minutes',
      client: { name: 'Acme Notes' },
      againHref: '/auth/register',
      againAction: '/auth/verify/send',
      backHref: '/auth/account',
    },
    shown: { isSentAgain: false, wait: undefined, backHref: undefined },
    short: { ...form, proofId: '1', email, isSentAgain: false },
    hooks: ['name="code"', 'autocomplete="one-time-code"', 'name="form_token"', 'id="verify"'],
  }),
  aFixture(verifyLinkView, {
    full: { ...form, email, asksPassword: true, problem: 'problem.password.wrong' },
    short: { ...form, email, asksPassword: false },
    hooks: ['name="form_token"', 'id="verify"'],
  }),
  aFixture(recoverView, {
    full: {
      ...form,
      client: { name: 'Acme Notes' },
      email,
      problem: 'problem.email.malformed',
      wait: 'in 12 minutes',
      signInHref: '/auth/sign-in',
    },
    shown: { email: undefined, wait: undefined },
    short: { ...form, signInHref: '/auth/sign-in' },
    hooks: ['name="email"', 'name="form_token"', 'id="recover"'],
  }),
  aFixture(mailSignInView, {
    full: {
      ...form,
      client: { name: 'Acme Notes' },
      email,
      problem: 'problem.email.malformed',
      wait: 'in 12 minutes',
      signInHref: '/auth/sign-in',
    },
    shown: { email: undefined, wait: undefined },
    short: { ...form, signInHref: '/auth/sign-in' },
    hooks: ['name="email"', 'name="form_token"', 'id="continue"'],
  }),
  aFixture(mailSignInLinkView, {
    full: { ...form, email, isElsewhere: true, stays: true },
    short: { ...form, email, isElsewhere: false, stays: false },
    hooks: ['name="form_token"', 'id="sign-in"'],
  }),
  aFixture(recoverCodeView, {
    full: {
      ...form,
      client: { name: 'Acme Notes' },
      proofId: '1',
      email,
      problem: 'problem.code.over',
      isSentAgain: true,
      wait: 'in 12 minutes',
      stays: true,
      againAction: '/auth/recover',
      againHref: '/auth/recover',
    },
    shown: { isSentAgain: false, wait: undefined },
    short: {
      ...form,
      proofId: '1',
      email,
      isSentAgain: false,
      againAction: '/auth/recover',
      againHref: '/auth/recover',
    },
    hooks: ['name="code"', 'name="form_token"', 'id="verify"'],
  }),
  aFixture(newPasswordView, {
    full: {
      ...form,
      email,
      reason: 'elsewhere',
      name: 'Ada',
      problems: {
        name: 'problem.name.malformed',
        password: 'problem.password.too_short',
        terms: 'problem.terms',
      },
      minimumPasswordLength: 12,
      termsHref: 'https://acme.example/terms',
    },
    shown: { reason: 'recovery', name: undefined, termsHref: undefined },
    short: { ...form, email, reason: 'recovery', problems: {}, minimumPasswordLength: 12 },
    hooks: [
      'name="password"',
      'autocomplete="new-password"',
      'autocomplete="username"',
      'id="continue"',
    ],
  }),
  aFixture(emailView, {
    full: {
      ...form,
      current: email,
      email: 'new@example.org',
      reauthentication: shortReauthentication,
      problems: { ...fullReauthenticationProblems, email: 'problem.email.malformed' },
    },
    shown: { email: undefined },
    short: {
      ...form,
      current: email,
      reauthentication: shortReauthentication,
      problems: {},
    },
    hooks: ['name="email"', 'name="password"', 'autocomplete="current-password"', 'id="continue"'],
  }),
  aFixture(emailUndoView, {
    full: { ...form, email },
    hooks: ['name="form_token"', 'id="continue"'],
  }),
  aFixture(emailUndoneView, {
    full: { email, isRestored: true, recoverHref: '/auth/recover' },
    short: { email, isRestored: false, recoverHref: '/auth/recover' },
    hooks: ['id="signed-out"'],
  }),
  aFixture(invitationView, {
    full: {
      ...form,
      values: { email, name: 'Ada' },
      problems: { password: 'problem.password.too_short', terms: 'problem.terms' },
      minimumPasswordLength: 12,
      termsHref: 'https://acme.example/terms',
    },
    short: { ...form, values: { email }, problems: {}, minimumPasswordLength: 12 },
    hooks: ['name="name"', 'name="password"', 'name="form_token"', 'id="register"'],
  }),
];

/**
 * Locals of the email verification and recovery views for views.ts: a full and a minimal set per
 * view.
 */
import type { ViewLocals } from '#http/rendering/views/view-types.ts';
import {
  fullReauthentication,
  fullReauthenticationProblems,
  shortReauthentication,
} from './reauthentication-views.ts';

const proofViews = [
  'verify',
  'verify-link',
  'recover',
  'recover-code',
  'mail-sign-in',
  'mail-sign-in-link',
  'new-password',
  'email',
  'email-undo',
  'email-undone',
  'invitation',
] as const;
type ProofView = (typeof proofViews)[number];

type Full<V extends ProofView> = { [Name in keyof Required<ViewLocals[V]>]: ViewLocals[V][Name] };

const form = { action: '/auth/verify', formToken: 'token' };
const email = 'ada@example.org';

export const fullProofLocals: { readonly [V in ProofView]: Full<V> } = {
  verify: {
    ...form,
    proofId: '1',
    email,
    problem: 'problem.code.wrong',
    client: { name: 'Acme Notes' },
    againHref: '/auth/register',
    againAction: '/auth/verify/send',
    backHref: '/auth/account',
  },
  'verify-link': { ...form, email, asksPassword: true, problem: 'problem.password.wrong' },
  recover: {
    ...form,
    client: { name: 'Acme Notes' },
    email,
    problem: 'problem.email.malformed',
    signInHref: '/auth/sign-in',
  },
  'mail-sign-in': {
    ...form,
    client: { name: 'Acme Notes' },
    email,
    problem: 'problem.email.malformed',
    signInHref: '/auth/sign-in',
  },
  'mail-sign-in-link': { ...form, email, isElsewhere: true },
  'recover-code': {
    ...form,
    client: { name: 'Acme Notes' },
    proofId: '1',
    email,
    problem: 'problem.code.over',
    againHref: '/auth/recover',
  },
  'new-password': {
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
  email: {
    ...form,
    current: email,
    email: 'new@example.org',
    reauthentication: fullReauthentication,
    problems: { ...fullReauthenticationProblems, email: 'problem.email.malformed' },
    backHref: '/auth/account',
  },
  'email-undo': { ...form, email },
  'email-undone': { email, recoverHref: '/auth/recover' },
  invitation: {
    ...form,
    values: { email, name: 'Ada' },
    problems: { password: 'problem.password.too_short', terms: 'problem.terms' },
    minimumPasswordLength: 12,
    termsHref: 'https://acme.example/terms',
  },
};

export const shortProofLocals: { readonly [V in ProofView]: ViewLocals[V] } = {
  verify: { ...form, proofId: '1', email },
  'verify-link': { ...form, email, asksPassword: false },
  recover: { ...form, signInHref: '/auth/sign-in' },
  'mail-sign-in': { ...form, signInHref: '/auth/sign-in' },
  'mail-sign-in-link': { ...form, email, isElsewhere: false },
  'recover-code': { ...form, proofId: '1', email, againHref: '/auth/recover' },
  'new-password': { ...form, email, reason: 'recovery', problems: {}, minimumPasswordLength: 12 },
  email: {
    ...form,
    current: email,
    reauthentication: shortReauthentication,
    problems: {},
    backHref: '/auth/account',
  },
  'email-undo': fullProofLocals['email-undo'],
  'email-undone': fullProofLocals['email-undone'],
  invitation: { ...form, values: { email }, problems: {}, minimumPasswordLength: 12 },
};

export const proofHooks: { readonly [V in ProofView]: readonly string[] } = {
  verify: ['name="code"', 'autocomplete="one-time-code"', 'name="form_token"', 'id="verify"'],
  'verify-link': ['name="form_token"', 'id="verify"'],
  recover: ['name="email"', 'name="form_token"', 'id="recover"'],
  'mail-sign-in': ['name="email"', 'name="form_token"', 'id="continue"'],
  'mail-sign-in-link': ['name="form_token"', 'id="sign-in"'],
  'recover-code': ['name="code"', 'name="form_token"', 'id="verify"'],
  'new-password': [
    'name="password"',
    'autocomplete="new-password"',
    'autocomplete="username"',
    'id="continue"',
  ],
  email: ['name="email"', 'name="password"', 'autocomplete="current-password"', 'id="continue"'],
  'email-undo': ['name="form_token"', 'id="continue"'],
  'email-undone': ['id="signed-out"'],
  invitation: ['name="name"', 'name="password"', 'name="form_token"', 'id="register"'],
};

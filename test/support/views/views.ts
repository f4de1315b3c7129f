/** Full and minimal locals of every view. They are typed, so both stay complete. */
import { factorHooks, fullFactorLocals, shortFactorLocals } from './mfa-views.ts';
import { accountHooks, fullAccountLocals, shortAccountLocals } from './account-views.ts';
import { fullProviderLocals, providerHooks, shortProviderLocals } from './federation-views.ts';
import { dataHooks, fullDataLocals, shortDataLocals } from './personal-data-views.ts';
import type { ViewLocals, ViewName } from '#http/rendering/views/view-types.ts';
import { fullProofLocals, proofHooks, shortProofLocals } from './email-token-views.ts';

const client = {
  name: 'Acme Notes',
  logoUri: 'https://acme.example/logo.png',
  policyUri: 'https://acme.example/privacy',
  tosUri: 'https://acme.example/terms',
  uri: 'https://acme.example/',
  host: 'notes.acme.example',
};
const passkey = { action: '/auth/sign-in/passkey', optionsAction: '/auth/sign-in/passkey/options' };
const others = {
  providers: [{ id: 'google', name: 'Google', action: '/auth/with/google' }],
  interaction: '1',
};
const nextLink = { href: 'https://acme.example/', label: 'Start again' };
const newAccount = { action: '/auth/register', formToken: 'token', minimumPasswordLength: 12 };

type Full<V extends ViewName> = { [Name in keyof Required<ViewLocals[V]>]: ViewLocals[V][Name] };

export const fullLocals: { readonly [V in ViewName]: Full<V> } = {
  'sign-in': {
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
    cancelAction: '/auth/interaction/1/cancel',
    passkey,
    others,
    oneTap: { clientId: 'client', nonce: 'nonce', loginUri: 'https://id.example/one-tap' },
  },
  'second-factor': {
    action: '/auth/interaction/1/second-factor',
    formToken: 'token',
    problem: 'problem.factor.wrong',
    trouble: 'problem.passkey.refused',
    client,
    passkey,
    againHref: '/auth/interaction/1',
  },
  register: {
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
  setup: { ...newAccount, values: { email: 'ada@example.org' }, problems: {} },
  consent: {
    action: '/auth/interaction/1/consent',
    formToken: 'token',
    client,
    account: { name: 'Ada Lovelace', email: 'ada@example.org' },
    requests: [{ icon: 'email', text: 'See your email address' }],
    known: [{ icon: 'person', text: 'Know who you are' }],
    native: true,
    switchAction: '/auth/interaction/1/switch',
  },
  'sign-out': {
    action: '/oauth2/logout/confirm',
    xsrf: 'secret',
    stayAction: '/auth/sign-out/stay',
    client,
    clientId: 'acme',
  },
  stayed: { client, returnHref: 'https://acme.example/', accountHref: '/auth/account' },
  'not-me': { action: '/auth/not-me/token', formToken: 'token' },
  'not-me-done': { homeHref: '/', recoverHref: '/auth/recover' },
  ...fullProofLocals,
  'dev-mail': {
    mails: [{ href: '/auth/dev/mail/1', subject: 'Hello', to: 'ada@example.org', at: 'noon' }],
  },
  'dev-mail-view': {
    subject: 'Hello',
    to: 'ada@example.org',
    at: 'noon',
    pieces: [{ text: 'See ' }, { text: 'https://a.example/', href: 'https://a.example/' }],
    htmlHref: '/auth/dev/mail/1/html',
    backHref: '/auth/dev/mail',
  },
  'signed-out': { client, returnHref: 'https://acme.example/' },
  error: {
    code: 'invalid_request',
    message: 'This request is invalid.',
    requestId: 'request-1',
    detail: 'https://rp.example/callback',
    nextLink,
  },
  expired: { requestId: 'request-1', finished: false, clientName: 'Acme Notes', nextLink },
  ...fullAccountLocals,
  ...fullDataLocals,
  ...fullFactorLocals,
  ...fullProviderLocals,
  home: {
    discoveryHref: '/.well-known/openid-configuration',
    accountHref: '/auth/account',
    signInHref: '/auth/sign-in',
    registerHref: '/auth/register',
    playgroundHref: '/auth/playground',
  },
  playground: { settings: '{}', styleHref: '/p/playground.css', scriptHref: '/p/main.js' },
};

export const shortLocals: { readonly [V in ViewName]: ViewLocals[V] } = {
  'sign-in': { action: '/auth/sign-in', formToken: 'token' },
  'second-factor': {
    action: '/auth/second-factor',
    formToken: 'token',
    againHref: '/auth/sign-in',
  },
  register: { ...newAccount, values: {}, problems: {} },
  setup: { ...newAccount, values: {}, problems: {} },
  consent: {
    action: '/auth/interaction/1/consent',
    formToken: 'token',
    client: { name: 'Acme Notes' },
    account: { email: 'ada@example.org' },
    requests: [],
  },
  'sign-out': {
    action: '/oauth2/logout/confirm',
    xsrf: 'secret',
    stayAction: '/auth/sign-out/stay',
  },
  stayed: { accountHref: '/auth/account' },
  'not-me': fullLocals['not-me'],
  'not-me-done': fullLocals['not-me-done'],
  ...shortProofLocals,
  'dev-mail': { mails: [] },
  'dev-mail-view': { ...fullLocals['dev-mail-view'], pieces: [] },
  'signed-out': {},
  error: { code: 'not_found', message: 'There is nothing here.', requestId: 'request-1' },
  expired: { requestId: 'request-1' },
  ...shortAccountLocals,
  ...shortDataLocals,
  ...shortFactorLocals,
  ...shortProviderLocals,
  home: { discoveryHref: '/.well-known/openid-configuration' },
  playground: fullLocals.playground,
};

// True because the literals above name every view and `ViewName` has no other.
export const viewNames = Object.keys(fullLocals) as ViewName[];

/** Selectors that password managers, conformance tests and our own tests rely on. */
export const stableHooks: { readonly [V in ViewName]: readonly string[] } = {
  'sign-in': ['name="login"', 'name="password"', 'name="form_token"', 'id="sign-in"'],
  register: [
    'name="name"',
    'name="email"',
    'name="password"',
    'name="form_token"',
    'id="register"',
    'autocomplete="new-password"',
  ],
  'second-factor': ['name="code"', 'id="verify"', 'name="form_token"'],
  setup: ['name="email"', 'name="password"', 'name="form_token"', 'id="register"'],
  consent: [
    'id="allow" name="decision" value="allow"',
    'id="deny" class="second" name="decision" value="deny"',
    'name="form_token"',
  ],
  'sign-out': ['name="xsrf"', 'id="sign-out" name="logout" value="yes"', 'id="stay"'],
  stayed: ['id="stayed"'],
  'not-me': ['name="form_token"', 'id="continue"'],
  'not-me-done': ['id="signed-out"'],
  ...proofHooks,
  'dev-mail': [],
  'dev-mail-view': ['id="letter"'],
  'signed-out': ['id="signed-out"'],
  error: ['id="error" data-error=', 'request-1'],
  expired: ['id="error" data-error="session_expired"', 'request-1'],
  ...accountHooks,
  ...dataHooks,
  ...factorHooks,
  ...providerHooks,
  home: [],
  playground: [],
};

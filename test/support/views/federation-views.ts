// Locals of the federation views: a full and a minimal set per view.
import type { ViewLocals } from '#http/rendering/views/view-types.ts';
import { fullReauthentication, fullReauthenticationProblems } from './reauthentication-views.ts';

type ProviderView = 'with-new' | 'with-link' | 'account-linked';
type ProviderLocals = { readonly [V in ProviderView]: ViewLocals[V] };
type FullProviderLocals = { readonly [V in ProviderView]: Required<ViewLocals[V]> };

const time = { iso: '2026-05-04T12:00:00.000Z', words: '2 hours ago' };
const google = { id: 'google', name: 'Google', action: '/auth/with/google' };

export const fullProviderLocals: FullProviderLocals = {
  'with-new': {
    action: '/auth/interaction/1/with',
    formToken: 'token',
    provider: 'Google',
    client: { name: 'Acme Notes', uri: 'https://acme.example/' },
    account: 'ada@example.org',
    mayRegister: true,
    isKnown: false,
    isVouched: false,
    values: { email: 'ada@example.org', name: 'Ada Lovelace' },
    problems: {
      email: 'problem.email.taken',
      name: 'problem.name.malformed',
      terms: 'problem.terms',
    },
    termsHref: 'https://acme.example/terms',
    linkAction: '/auth/interaction/1/with/link',
    againHref: '/auth/interaction/1',
  },
  'with-link': {
    action: '/auth/interaction/1/with/link/confirm',
    formToken: 'token',
    provider: 'Google',
    account: 'ada@example.org',
    email: 'ada@example.org',
    problem: 'with.problem.taken',
  },
  'account-linked': {
    identities: [
      {
        hook: 'google',
        id: '1',
        provider: 'Google',
        email: 'ada@example.org',
        works: true,
        since: time,
        lastUsed: time,
      },
      { hook: 'old', id: '2', provider: 'old.example', works: false, since: time },
    ],
    email: 'ada@example.org',
    formToken: 'token',
    reauthentication: { ...fullReauthentication, canBeTyped: false },
    problems: fullReauthenticationProblems,
    trouble: 'with.problem.stale',
    providers: [google],
    unlinkAction: '/auth/account/linked/unlink',
    recoverHref: '/auth/recover',
    accountHref: '/auth/account',
  },
};

export const shortProviderLocals: ProviderLocals = {
  'with-new': {
    action: '/auth/sign-in/with',
    formToken: 'token',
    provider: 'Google',
    mayRegister: false,
    isKnown: true,
    isVouched: true,
    values: {},
    problems: {},
    linkAction: '/auth/sign-in/with/link',
    againHref: '/auth/sign-in',
  },
  'with-link': {
    action: '/auth/account/linked/new',
    formToken: 'token',
    provider: 'Google',
    email: 'ada@example.org',
  },
  'account-linked': {
    identities: [],
    email: 'ada@example.org',
    formToken: 'token',
    problems: {},
    providers: [google],
    accountHref: '/auth/account',
  },
};

export const providerHooks: { readonly [V in ProviderView]: readonly string[] } = {
  'with-new': ['name="form_token"', 'id="link"'],
  'with-link': ['name="form_token"', 'name="decision"'],
  'account-linked': ['id="link-google"'],
};

// Locals of the federation views: a full and a minimal set per view.
import { fullReauthenticationProblems } from './reauthentication-views.ts';
import { aFixture, type ViewFixture } from './view-fixture.ts';
import { withNewView } from '#features/federation/pages/sign-in.pages.ts';
import { withLinkView } from '#features/federation/pages/link.pages.ts';
import { accountLinkedView } from '#features/federation/pages/linked-accounts.pages.ts';

const time = { iso: '2026-05-04T12:00:00.000Z', words: '2 hours ago' };
const google = {
  id: 'google',
  name: 'Google',
  action: '/auth/with/google',
  logo: { symbol: 'google' },
};
const acme = {
  id: 'acme',
  name: 'Acme',
  action: '/auth/with/acme',
  logo: { asset: 'providers/acme.svg' },
};

export const federationFixtures: readonly ViewFixture[] = [
  aFixture(withNewView, {
    full: {
      action: '/auth/interaction/1/with',
      formToken: 'token',
      provider: 'Google',
      logo: { symbol: 'google' },
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
    short: {
      action: '/auth/sign-in/with',
      formToken: 'token',
      provider: 'Google',
      logo: { symbol: 'google' },
      mayRegister: false,
      isKnown: true,
      isVouched: true,
      values: {},
      problems: {},
      linkAction: '/auth/sign-in/with/link',
      againHref: '/auth/sign-in',
    },
    hooks: ['name="form_token"', 'id="link"'],
  }),
  aFixture(withLinkView, {
    full: {
      action: '/auth/interaction/1/with/link/confirm',
      formToken: 'token',
      provider: 'Google',
      logo: { symbol: 'google' },
      client: { name: 'Acme Notes', uri: 'https://acme.example/' },
      account: 'ada@example.org',
      email: 'ada@example.org',
      problem: 'with.problem.taken',
    },
    short: {
      action: '/auth/account/linked/new',
      formToken: 'token',
      provider: 'Google',
      logo: { symbol: 'google' },
      email: 'ada@example.org',
    },
    hooks: ['name="form_token"', 'name="decision"'],
  }),
  aFixture(accountLinkedView, {
    full: {
      identities: [
        {
          hook: 'google',
          id: '1',
          provider: 'Google',
          logo: { symbol: 'google' },
          email: 'ada@example.org',
          works: true,
          since: time,
          lastUsed: time,
        },
        {
          hook: 'old',
          id: '2',
          provider: 'old.example',
          logo: { key: 'RBNvo1WzZ4oRRq0W9-hkpnT7T8If536DEMBg9hyq_4o' },
          works: false,
          since: time,
        },
      ],
      email: 'ada@example.org',
      formToken: 'token',
      problems: fullReauthenticationProblems,
      trouble: 'with.problem.stale',
      providers: [google, acme],
      mayUnlink: true,
      unlinkAction: '/auth/account/linked/unlink',
      recoverHref: '/auth/recover',
    },
    shown: { mayUnlink: true, providers: [acme] },
    short: {
      identities: [],
      email: 'ada@example.org',
      formToken: 'token',
      problems: {},
      mayUnlink: false,
      providers: [google],
    },
    hooks: ['class="logo"'],
  }),
];

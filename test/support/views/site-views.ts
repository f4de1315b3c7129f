/** Pages that belong to no sign-in: home, errors, signed out, and those of development. */
import { homeView } from '#features/account-overview/home.pages.ts';
import { brandPreviewView } from '#features/branding/preview/brand-preview.pages.ts';
import { expiredView } from '#features/interaction/expired.pages.ts';
import { signedOutView } from '#features/interaction/provider-pages.pages.ts';
import { playgroundView } from '#features/playground/playground.pages.ts';
import { createTranslator, defaultLocale } from '#http/i18n/locales.ts';
import { errorView, homeLink } from '#http/rendering/error-view.ts';
import { aFixture, type ViewFixture } from './view-fixture.ts';

export const client = {
  name: 'Acme Notes',
  logoKey: 'RBNvo1WzZ4oRRq0W9-hkpnT7T8If536DEMBg9hyq_4o',
  policyUri: 'https://acme.example/privacy',
  tosUri: 'https://acme.example/terms',
  uri: 'https://acme.example/',
  host: 'notes.acme.example',
};
const t = createTranslator(defaultLocale);
const again = {
  href: 'https://acme.example/',
  label: t('client.cancel', { client: 'Acme Notes' }),
};
const notFound = { code: 'not_found', message: t('error.message.not_found') };

export const siteFixtures: readonly ViewFixture[] = [
  aFixture(signedOutView, {
    full: { client, returnHref: 'https://acme.example/', againHref: '/auth/sign-in' },
    short: {},
    hooks: ['id="signed-out"'],
  }),
  aFixture(errorView, {
    full: {
      code: 'invalid_request',
      message: t('error.message.invalid_input'),
      requestId: 'request-1',
      detail: 'https://rp.example/callback',
      nextLink: homeLink(''),
      developerHint: {
        text: 'Client "notes" sent a redirect_uri that is not registered. Registered:',
        values: ['https://notes.acme.example/callback'],
        command: 'npx ostiary client update notes --add-redirect-uri https://rp.example/callback',
      },
    },
    shown: { ...notFound, detail: undefined, developerHint: undefined },
    short: { ...notFound, requestId: 'request-1', nextLink: homeLink('') },
    hooks: ['id="error" data-error=', 'request-1'],
  }),
  aFixture(expiredView, {
    full: { requestId: 'request-1', finished: false, clientName: 'Acme Notes', nextLink: again },
    short: { requestId: 'request-1', nextLink: homeLink('') },
    hooks: ['id="error" data-error="session_expired"', 'request-1'],
  }),
  aFixture(homeView, {
    full: {
      discoveryHref: '/.well-known/openid-configuration',
      accountHref: '/auth/account',
      signInHref: '/auth/sign-in',
      registerHref: '/auth/register',
      playgroundHref: '/auth/playground',
    },
    shown: { accountHref: undefined, playgroundHref: undefined },
    short: { discoveryHref: '/.well-known/openid-configuration' },
  }),
  aFixture(brandPreviewView, {
    full: {
      hasBrand: true,
      pages: [{ href: '/auth/sign-in', label: 'sign-in.title' }],
      samples: [{ href: '/auth/dev/branding/pages/sign-in', label: 'sign-in.title' }],
      mails: [{ href: '/auth/dev/branding/mails/blocked', subject: 'Your account is blocked' }],
      swatches: [
        { name: 'light: text', ink: '#18181b', ground: '#ffffff', contrast: '17.7:1' },
        { name: 'light: accent', ink: '#5b3fd6', ground: '#ffffff', contrast: '6.4:1' },
      ],
    },
  }),
  aFixture(playgroundView, {
    full: { settings: '{}', styleHref: '/p/playground.css', scriptHref: '/p/main.js' },
  }),
];

// How users sign in, and how long a browser session lasts. Passwords are in passwords.ts.
import { origins } from '#config/kinds/lists.ts';
import { seconds, wholeNumber } from '#config/kinds/numbers.ts';
import { providerList } from '#config/kinds/sign-in-providers.ts';
import { choice } from '#config/kinds/text.ts';
import { setting } from '#config/setting.ts';

const day = 24 * 60 * 60;
const year = 365 * day;

export const signInSettings = {
  emailSignIn: setting({
    name: 'EMAIL_SIGN_IN',
    kind: choice('on', 'off'),
    default: 'on',
    text:
      'Whether a code or link by mail signs users in, as a password does; a second factor ' +
      'is still required.',
  }),
  /** In addition to the issuer's origin. */
  passkeyOrigins: setting({
    name: 'PASSKEY_ORIGINS',
    kind: origins,
    default: [],
    unset: 'none; the document does not exist',
    example: 'https://app.example.com',
    text:
      'Other origins on which passkeys of this provider are accepted, published at ' +
      '`/.well-known/webauthn`.',
  }),
  fedcm: setting({
    name: 'FEDCM',
    kind: choice('on', 'off'),
    default: 'off',
    sameOnAllNodes: true,
    text:
      'Whether browsers offer the signed-in account to apps themselves (FedCM), described in ' +
      '[single-page apps](guides/single-page-apps.md#fedcm).',
  }),
  nativeSignIn: setting({
    name: 'NATIVE_SIGN_IN',
    kind: choice('on', 'off'),
    default: 'off',
    sameOnAllNodes: true,
    text:
      'Whether listed apps of the operator sign users in on pages of their own, without a browser, ' +
      'described in [native apps](guides/native.md).',
  }),
  signInProviders: setting({
    name: 'SIGN_IN_PROVIDERS',
    kind: providerList,
    default: [],
    sameOnAllNodes: true,
    text:
      'Other OpenID Connect providers that users can sign in with, described in ' +
      '[sign-in-with-others.md](sign-in-with-others.md).',
  }),
  trustedDeviceDays: setting({
    name: 'TRUSTED_DEVICE_DAYS',
    kind: wholeNumber({ min: 0, max: 365, unit: 'days' }),
    default: 30,
    sameOnAllNodes: true,
    text:
      'For how many days a browser that the user trusts is not asked for the second factor; ' +
      '0 offers no trust.',
  }),
  impersonationMinutes: setting({
    name: 'IMPERSONATION_MINUTES',
    kind: wholeNumber({ min: 0, max: 60, unit: 'minutes' }),
    default: 0,
    sameOnAllNodes: true,
    text:
      'For how many minutes an administrator may be signed in as a user, described in ' +
      '[panel.md](panel.md#signing-in-as-a-user); 0 turns it off. 15 is a good value.',
  }),
  sessionIdleSeconds: setting({
    name: 'SESSION_IDLE_SECONDS',
    kind: seconds({ min: 1, max: year }),
    default: 7 * day,
    sameOnAllNodes: true,
    text:
      'A browser session ends after this idle time, at most a minute earlier ' +
      '(NIST AAL2: 1 hour).',
  }),
  staySignedIn: setting({
    name: 'STAY_SIGNED_IN',
    kind: choice('on', 'off'),
    default: 'on',
    text:
      'Whether "Stay signed in" on the sign-in pages is ticked at first. Without the tick, the ' +
      'session ends when the browser is closed, or after `SESSION_TRANSIENT_IDLE_SECONDS`.',
  }),
  sessionTransientIdleSeconds: setting({
    name: 'SESSION_TRANSIENT_IDLE_SECONDS',
    kind: seconds({ min: 1, max: year }),
    default: 60 * 60,
    sameOnAllNodes: true,
    text:
      'A browser session without "Stay signed in" ends after this idle time, or after ' +
      '`SESSION_IDLE_SECONDS` if that is shorter.',
  }),
  sessionMaxSeconds: setting({
    name: 'SESSION_MAX_SECONDS',
    kind: seconds({ min: 1, max: year }),
    default: 30 * day,
    sameOnAllNodes: true,
    text: 'A browser session ends after this time in any case (NIST AAL2: 24 hours).',
  }),
};

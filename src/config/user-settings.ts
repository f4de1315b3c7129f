// Settings about users: registration, email verification, terms, passkeys.
import { jsonList } from './json-setting.ts';
import { choice, domains, origins, webAddress, words, type Reader } from './setting-kinds.ts';

export const peopleSettings = {
  registration: choice('REGISTRATION', {
    meaning: 'Who can register: all users, users with an invitation, or no users.',
    unset: '`open`',
    options: ['open', 'invite', 'closed'],
  }),
  registrationDomains: domains('REGISTRATION_DOMAINS', {
    meaning: 'Email domains that may register; invitations can be sent to any domain.',
    unset: 'all',
  }),
  emailVerification: choice('EMAIL_VERIFICATION', {
    meaning:
      'When users verify their email address: `required` creates the account only then and does ' +
      'not reveal whether an address is registered; `later` creates it at once.',
    unset: '`required`; `later` where mail is shown at `/auth/dev/mail`',
    options: ['required', 'later'],
  }),
  emailSignIn: choice('EMAIL_SIGN_IN', {
    meaning:
      'Whether a code or link by mail signs users in, as a password does; a second factor ' +
      'is still required.',
    unset: '`on`',
    options: ['on', 'off'],
  }),
  termsUrl: webAddress('TERMS_URL', {
    meaning: 'Terms that users accept when they register; requires `TERMS_VERSION`.',
    unset: 'none',
  }),
  termsVersion: words('TERMS_VERSION', {
    meaning: 'The version of the terms, stored with each account; requires `TERMS_URL`.',
    unset: 'none',
    bounds: '1 to 60 letters, digits and punctuation',
    pattern: /^[\w.:+-]{1,60}$/,
  }),
  passkeyOrigins: origins('PASSKEY_ORIGINS', {
    meaning:
      'Other origins on which passkeys of this provider work, published at ' +
      '`/.well-known/webauthn`.',
    unset: 'none; the document does not exist',
  }),
  supplements: jsonList('SUPPLEMENTS', {
    meaning:
      'Custom attributes of users, and who may read and write them ' +
      '([supplements](supplements.md)).',
    unset: 'nothing',
  }),
} as const;

export interface AccountPolicyConfig {
  readonly registration: 'open' | 'invite' | 'closed';
  /** In ASCII; empty means all domains. */
  readonly registrationDomains: readonly string[];
  readonly emailVerification: 'required' | 'later';
  readonly emailSignIn: 'on' | 'off';
  /** In addition to the issuer's origin. */
  readonly passkeyOrigins: readonly string[];
  /** Unvalidated; parsed by features/custom-attributes/schema/declarations.ts. */
  readonly supplements: readonly unknown[];
  /** Terms that users accept when they register. */
  readonly terms?: Terms;
}

export interface Terms {
  readonly url: string;
  readonly version: string;
}

/** @param sendsMail false when mail is only shown on a development page */
export function readAccountPolicy(read: Reader, sendsMail: boolean): AccountPolicyConfig {
  const url = read(peopleSettings.termsUrl);
  const version = read(peopleSettings.termsVersion);
  return {
    registration: read(peopleSettings.registration) ?? 'open',
    registrationDomains: read(peopleSettings.registrationDomains) ?? [],
    emailVerification: read(peopleSettings.emailVerification) ?? (sendsMail ? 'required' : 'later'),
    emailSignIn: read(peopleSettings.emailSignIn) ?? 'on',
    supplements: read(peopleSettings.supplements) ?? [],
    passkeyOrigins: read(peopleSettings.passkeyOrigins) ?? [],
    ...(url !== undefined && version !== undefined ? { terms: { url, version } } : {}),
  };
}

// Settings about people: who may make an account, how an address is proven, which terms are accepted,
// where passkeys work.
import { jsonList } from './json-setting.ts';
import { choice, domains, origins, webAddress, words, type Reader } from './setting-kinds.ts';

export const peopleSettings = {
  registration: choice('REGISTRATION', {
    meaning: 'Who may make an account: everybody, people with an invitation, nobody.',
    unset: '`open`',
    options: ['open', 'invite', 'closed'],
  }),
  registrationDomains: domains('REGISTRATION_DOMAINS', {
    meaning: 'Mail domains whose addresses may register; invitations go to any.',
    unset: 'all',
  }),
  emailVerification: choice('EMAIL_VERIFICATION', {
    meaning:
      'When people prove their address: `required` makes the account only then, and tells nobody ' +
      'whether an address is known; `later` lets them in at once.',
    unset: '`required`; `later` where mail is shown at `/auth/dev/mail`',
    options: ['required', 'later'],
  }),
  emailSignIn: choice('EMAIL_SIGN_IN', {
    meaning:
      'Whether a code or link by mail signs people in, as a password does; a second factor is asked ' +
      'for afterwards all the same.',
    unset: '`on`',
    options: ['on', 'off'],
  }),
  termsUrl: webAddress('TERMS_URL', {
    meaning: 'Terms that people accept when they register; needs `TERMS_VERSION`.',
    unset: 'none are asked for',
  }),
  termsVersion: words('TERMS_VERSION', {
    meaning: 'The version of the terms, kept with each account; needs `TERMS_URL`.',
    unset: 'none are asked for',
    bounds: '1 to 60 letters, digits and punctuation',
    pattern: /^[\w.:+-]{1,60}$/,
  }),
  passkeyOrigins: origins('PASSKEY_ORIGINS', {
    meaning:
      'Other sites of the house on which passkeys made here work, told to browsers at ' +
      '`/.well-known/webauthn`.',
    unset: 'none, and there is no such file',
  }),
  supplements: jsonList('SUPPLEMENTS', {
    meaning:
      'What is kept of people beside the standard claims, and who may read and write it ' +
      '([supplements](supplements.md)).',
    unset: 'nothing',
  }),
} as const;

export interface PeopleConfig {
  readonly registration: 'open' | 'invite' | 'closed';
  /** In ASCII; empty: all. */
  readonly registrationDomains: readonly string[];
  readonly emailVerification: 'required' | 'later';
  readonly emailSignIn: 'on' | 'off';
  /** Beside the issuer's own. */
  readonly passkeyOrigins: readonly string[];
  /** As they were written; read by features/custom-attributes/schema/declarations.ts. */
  readonly supplements: readonly unknown[];
  /** What people accept when they register. */
  readonly terms?: Terms;
}

export interface Terms {
  readonly url: string;
  readonly version: string;
}

/** @param sendsMail false: mail is only shown on a page of development */
export function readPeople(read: Reader, sendsMail: boolean): PeopleConfig {
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

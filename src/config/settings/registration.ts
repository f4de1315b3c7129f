// Who may register, what an account contains, and which clients may register without an operator.
import { webAddress } from '#config/kinds/addresses.ts';
import { jsonList } from '#config/kinds/json-list.ts';
import { domains, permittedHosts, scopeNames } from '#config/kinds/lists.ts';
import { wholeNumber } from '#config/kinds/numbers.ts';
import { allProfileClaims, profileClaims } from '#config/kinds/profile-claims.ts';
import { choice, matching } from '#config/kinds/text.ts';
import { optionalGroup, setting } from '#config/setting.ts';

export const registrationSettings = {
  registration: setting({
    name: 'REGISTRATION',
    kind: choice('open', 'invite', 'closed'),
    default: 'open',
    text: 'Who can register: all users, users with an invitation, or no users.',
  }),
  /** In ASCII; empty means all domains. */
  registrationDomains: setting({
    name: 'REGISTRATION_DOMAINS',
    kind: domains,
    default: [],
    unset: 'all',
    example: 'example.com',
    text: 'Email domains that may register; invitations can be sent to any domain.',
  }),
  emailVerification: setting({
    name: 'EMAIL_VERIFICATION',
    kind: choice('required', 'later'),
    unset: '`required`; `later` where mail is shown at `/auth/dev/mail`',
    example: 'required',
    text:
      'When users verify their email address: `required` creates the account only then and does ' +
      'not reveal whether an address is registered; `later` creates it at once.',
  }),
  /** Terms that users accept when they register. */
  terms: optionalGroup({
    url: setting({
      name: 'TERMS_URL',
      kind: webAddress,
      unset: 'none',
      example: 'https://example.com/terms',
      text: 'Terms that users accept when they register; requires `TERMS_VERSION`.',
    }),
    version: setting({
      name: 'TERMS_VERSION',
      kind: matching(/^[\w.:+-]{1,60}$/, '1 to 60 letters, digits and punctuation'),
      unset: 'none',
      example: '2026-01',
      text: 'The version of the terms, stored with each account; requires `TERMS_URL`.',
    }),
  }),
  profileClaims: setting({
    name: 'PROFILE_CLAIMS',
    kind: profileClaims,
    default: allProfileClaims,
    unset: 'all, and users may change them',
    example: 'name,picture,locale,birthdate:view',
    sameOnAllNodes: true,
    text:
      'The claims that users see in their profile. They may change them, except those with ' +
      '`:view`; operators can set all of them with `user update`.',
  }),
  /** Unvalidated; parsed by features/custom-attributes/schema/declarations.ts. */
  supplements: setting({
    name: 'SUPPLEMENTS',
    kind: jsonList,
    default: [],
    sameOnAllNodes: true,
    text:
      'Custom attributes of users, and who may read and write them ' +
      '([supplements](supplements.md)).',
  }),
};

export const clientRegistrationSettings = {
  clientRegistration: setting({
    name: 'CLIENT_REGISTRATION',
    kind: choice('open', 'token', 'off'),
    unset: '`open` where the development pages are shown, else `off`',
    example: 'off',
    text:
      'Who may register a client at `/oauth2/register` ' +
      '([client registration](client-registration.md)): anyone (`open`), holders of an initial ' +
      'access token (`token`), or no one (`off`).',
  }),
  clientIdMetadataDocuments: setting({
    name: 'CLIENT_ID_METADATA_DOCUMENTS',
    kind: permittedHosts,
    unset: '`on` where the development pages are shown, else `off`',
    example: 'off',
    text:
      'Whether a client may use the https URL of its metadata as its `client_id` ' +
      '([client registration](client-registration.md#client-id-metadata-documents)), or from which ' +
      'domains, with their subdomains.',
  }),
  clientRegistrationScopes: setting({
    name: 'CLIENT_REGISTRATION_SCOPES',
    kind: scopeNames,
    default: ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'],
    sameOnAllNodes: true,
    text:
      'The scopes permitted for clients that register themselves, including scopes of APIs, but ' +
      'never those of the management API.',
  }),
  /** In ASCII; empty means all hosts. */
  clientRegistrationHosts: setting({
    name: 'CLIENT_REGISTRATION_HOSTS',
    kind: domains,
    default: [],
    unset: 'all',
    example: 'example.com',
    sameOnAllNodes: true,
    text:
      'The domains, with their subdomains, in the https redirect URIs of clients that register ' +
      'themselves. Loopback addresses and private-use schemes are not affected.',
  }),
  clientRegistrationPkce: setting({
    name: 'CLIENT_REGISTRATION_PKCE',
    kind: choice('required', 'nonce', 'off'),
    default: 'required',
    sameOnAllNodes: true,
    text:
      'Whether confidential clients that register themselves must use PKCE; `nonce` accepts a ' +
      'nonce instead, and `off`, which production refuses, is for conformance tests.',
  }),
  clientRegistrationLimit: setting({
    name: 'CLIENT_REGISTRATION_LIMIT',
    kind: wholeNumber({ min: 1, max: 10_000_000, unit: 'clients' }),
    default: 10_000,
    sameOnAllNodes: true,
    text: 'How many clients that registered themselves may exist; further ones are refused.',
  }),
  clientRegistrationUnusedDays: setting({
    name: 'CLIENT_REGISTRATION_UNUSED_DAYS',
    kind: wholeNumber({ min: 1, max: 3650, unit: 'days' }),
    default: 30,
    sameOnAllNodes: true,
    text: 'After how many days a client that registered itself is deleted if no user uses it.',
  }),
};

// Who may register, and what an account contains.
import { webAddress } from '#config/kinds/addresses.ts';
import { jsonList } from '#config/kinds/json-list.ts';
import { domains } from '#config/kinds/lists.ts';
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

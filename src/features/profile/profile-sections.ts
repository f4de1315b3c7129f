// The profile in parts: one page each, with its claims in sections. A page saves only the claims
// that it shows, and only those that the operator lets users change (PROFILE_CLAIMS).
import type { ProfileClaim, ProfileClaims } from '#config/kinds/profile-claims.ts';
import type { StandardClaims } from '#core/users/users.ts';

/** The setting names each claim as OpenID Connect does. */
type KnownClaim = ProfileClaim & keyof StandardClaims;

export const profileParts = ['general', 'contact', 'address', 'region'] as const;
export type ProfilePart = (typeof profileParts)[number];

/** The claims with an input in the form; the picture has a form of its own. */
export type FormClaim = Exclude<KnownClaim, 'picture'>;

interface Section {
  readonly id: 'name' | 'about' | 'phone' | 'web' | 'address' | 'region';
  readonly claims: readonly FormClaim[];
}

const sectionsOf: Readonly<Record<ProfilePart, readonly Section[]>> = {
  general: [
    {
      id: 'name',
      claims: [
        'name',
        'given_name',
        'family_name',
        'middle_name',
        'nickname',
        'preferred_username',
      ],
    },
    { id: 'about', claims: ['birthdate', 'gender'] },
  ],
  contact: [
    { id: 'phone', claims: ['phone_number'] },
    { id: 'web', claims: ['website', 'profile'] },
  ],
  address: [{ id: 'address', claims: ['address'] }],
  region: [{ id: 'region', claims: ['locale', 'zoneinfo'] }],
};

/** The sections of a page that have at least one visible claim. */
export function visibleSections(part: ProfilePart, access: ProfileClaims): readonly Section[] {
  return sectionsOf[part]
    .map(({ id, claims }) => ({ id, claims: claims.filter((name) => access[name] !== undefined) }))
    .filter(({ claims }) => claims.length > 0);
}

/** The pages with at least one visible section. */
export function visibleParts(access: ProfileClaims): readonly ProfilePart[] {
  return profileParts.filter(
    (part) =>
      visibleSections(part, access).length > 0 ||
      (part === 'general' && access.picture !== undefined),
  );
}

export function editableClaims(part: ProfilePart, access: ProfileClaims): readonly FormClaim[] {
  return visibleSections(part, access)
    .flatMap(({ claims }) => claims)
    .filter((name) => access[name] === 'edit');
}

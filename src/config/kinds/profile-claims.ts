// The standard claims that users see in their profile, and whether they may change them.
import type { Kind } from '#config/setting.ts';
import { parseList } from './lists.ts';

export const profileClaimNames = [
  'picture',
  'name',
  'given_name',
  'middle_name',
  'family_name',
  'nickname',
  'preferred_username',
  'birthdate',
  'gender',
  'phone_number',
  'website',
  'profile',
  'address',
  'locale',
  'zoneinfo',
] as const;

export type ProfileClaim = (typeof profileClaimNames)[number];
export type ProfileAccess = 'edit' | 'view';
/** A claim that is absent is not shown. */
export type ProfileClaims = Readonly<Partial<Record<ProfileClaim, ProfileAccess>>>;

/** Users see and change every claim. */
export const allProfileClaims: ProfileClaims = Object.fromEntries(
  profileClaimNames.map((name) => [name, 'edit']),
);

const none = 'none';

export const profileClaims: Kind<ProfileClaims> = {
  values:
    `\`${none}\`, or claims, comma separated, each optionally with \`:view\`: ` +
    profileClaimNames.map((name) => `\`${name}\``).join(', '),
  parse(text) {
    if (text.trim() === none) return {};
    const entries = parseList(text).map(readEntry);
    const access = Object.fromEntries(entries);
    if (Object.keys(access).length < entries.length) throw new Error('must name each claim once');
    return access;
  },
  comparable: (claims) => JSON.stringify(profileClaimNames.map((name) => claims[name] ?? none)),
};

function readEntry(entry: string): readonly [ProfileClaim, ProfileAccess] {
  const name = entry.replace(/:view$/, '');
  const claim = profileClaimNames.find((each) => each === name);
  if (claim !== undefined) return [claim, entry === name ? 'edit' : 'view'];
  const known = profileClaimNames.join(', ');
  throw new Error(`contains ${JSON.stringify(entry)}; allowed, with or without :view: ${known}`);
}

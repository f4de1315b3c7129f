// The fields in which people write about themselves: one per standard claim (OIDC Core 5.1), and what
// was typed read back, field by field.
import { AppError } from '#platform/errors.ts';
import { locales, ownNames } from '#http/i18n/languages.ts';
import { readStandardClaims, type StandardClaims } from '#core/users/users.ts';
import type { Form } from '#http/request/input.ts';
import type { MessageKey } from '#http/i18n/locales.ts';

interface FieldKind {
  readonly type: 'text' | 'tel' | 'url';
  /** HTML 4.10.18.7: what the browser may fill in. */
  readonly autocomplete: string;
  readonly suggestions?: readonly Suggestion[];
}

/** What the browser offers while somebody types; anything else may be typed as well. */
interface Suggestion {
  readonly value: string;
  /** Empty: the value says it. */
  readonly words: string;
}

const timeZones = Intl.supportedValuesOf('timeZone').map((value) => ({ value, words: '' }));

const languages = locales.map((value) => ({ value, words: ownNames[value] }));

/** In the order of the page; members of the address by their names inside it. */
const personFields = {
  name: { type: 'text', autocomplete: 'name' },
  given_name: { type: 'text', autocomplete: 'given-name' },
  middle_name: { type: 'text', autocomplete: 'additional-name' },
  family_name: { type: 'text', autocomplete: 'family-name' },
  nickname: { type: 'text', autocomplete: 'nickname' },
  preferred_username: { type: 'text', autocomplete: 'nickname' },
  birthdate: { type: 'text', autocomplete: 'bday' },
  gender: { type: 'text', autocomplete: 'sex' },
  phone_number: { type: 'tel', autocomplete: 'tel' },
  picture: { type: 'url', autocomplete: 'photo' },
  website: { type: 'url', autocomplete: 'url' },
  profile: { type: 'url', autocomplete: 'off' },
  zoneinfo: { type: 'text', autocomplete: 'off', suggestions: timeZones },
  locale: { type: 'text', autocomplete: 'language', suggestions: languages },
} as const satisfies Partial<Record<keyof StandardClaims, FieldKind>>;

const addressFields = {
  street_address: { type: 'text', autocomplete: 'address-line1' },
  postal_code: { type: 'text', autocomplete: 'postal-code' },
  locality: { type: 'text', autocomplete: 'address-level2' },
  region: { type: 'text', autocomplete: 'address-level1' },
  country: { type: 'text', autocomplete: 'country-name' },
} as const satisfies Partial<Record<keyof NonNullable<StandardClaims['address']>, FieldKind>>;

type PersonField = keyof typeof personFields;
type AddressField = keyof typeof addressFields;
type FieldName = PersonField | AddressField;
export type ProfileValues = Readonly<Partial<Record<FieldName, string>>>;

export interface ProfileField extends FieldKind {
  readonly name: string;
  readonly label: MessageKey;
  readonly value: string;
  readonly problem?: MessageKey | undefined;
}

// Keys of an object are text to the compiler; these are the names above.
const personNames = Object.keys(personFields) as PersonField[];
const addressNames = Object.keys(addressFields) as AddressField[];

export function valuesOf(claims: StandardClaims): ProfileValues {
  const { address = {} } = claims;
  const person = personNames.map((name) => [name, claims[name]] as const);
  const home = addressNames.map((name) => [name, address[name]] as const);
  return Object.fromEntries([...person, ...home].filter(([, value]) => value !== undefined));
}

export function showFields(values: ProfileValues, faults: ReadonlySet<string> = new Set()) {
  const show =
    <Name extends FieldName>(kinds: Readonly<Record<Name, FieldKind>>) =>
    (name: Name): ProfileField => ({
      ...kinds[name],
      name,
      label: `account-profile.field.${name}`,
      value: values[name] ?? '',
      problem: faults.has(name) ? `account-profile.problem.${problemOf(name)}` : undefined,
    });
  return {
    person: personNames.map(show(personFields)),
    address: addressNames.map(show(addressFields)),
  };
}

export type ReadProfile =
  | { readonly ok: true; readonly claims: StandardClaims }
  | { readonly ok: false; readonly values: ProfileValues; readonly faults: ReadonlySet<string> };

/** Each field by itself, so that every fault is shown at its place. */
export function readProfile(form: Form, { address: known }: StandardClaims): ReadProfile {
  const typed = (name: FieldName) => form.get(name).trim();
  const values = Object.fromEntries(
    [...personNames, ...addressNames].map((name) => [name, typed(name)]),
  );
  const faults = new Set([
    ...personNames.filter((name) => !isGood({ [name]: typed(name) })),
    ...addressNames.filter((name) => !isGood({ address: { [name]: typed(name) } })),
  ]);
  if (faults.size > 0) return { ok: false, values, faults };
  const person = Object.fromEntries(personNames.map((name) => [name, typed(name)]));
  const home = Object.fromEntries(addressNames.map((name) => [name, typed(name)]));
  const isSame = addressNames.every((name) => (known?.[name] ?? '') === home[name]);
  // A formatted address that somebody imported goes on as long as its parts stay.
  const address = isSame ? known : home;
  return { ok: true, claims: readStandardClaims({ ...person, address }) };
}

function isGood(claim: unknown): boolean {
  try {
    readStandardClaims(claim);
    return true;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}

const ownProblems = ['birthdate', 'phone_number', 'zoneinfo', 'locale'] as const;
type OwnProblem = (typeof ownProblems)[number];

function problemOf(name: FieldName): OwnProblem | 'address' | 'text' {
  const own = ownProblems.find((each) => each === name);
  if (own) return own;
  return name === 'picture' || name === 'website' || name === 'profile' ? 'address' : 'text';
}

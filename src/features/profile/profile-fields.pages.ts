// Form fields of the profile page, one per standard claim (OpenID Connect Core §5.1), and the
// validation of submitted values, field by field.
import { AppError } from '#platform/errors.ts';
import { locales, ownNames } from '#http/i18n/languages.ts';
import { readStandardClaims, type StandardClaims } from '#core/users/users.ts';
import type { Form } from '#http/request/input.ts';
import type { MessageKey } from '#http/i18n/locales.ts';

interface FieldKind {
  readonly type: 'text' | 'tel' | 'url';
  /** Value of the autocomplete attribute (HTML §4.10.18.7). */
  readonly autocomplete: string;
  readonly suggestions?: readonly Suggestion[];
}

/** Entry of the field's datalist; other values can be typed as well. */
interface Suggestion {
  readonly value: string;
  /** Label; empty if the value explains itself. */
  readonly words: string;
}

const timeZones = Intl.supportedValuesOf('timeZone').map((value) => ({ value, words: '' }));

const languages = locales.map((value) => ({ value, words: ownNames[value] }));

/** In the order of the page; address members have the names that they have in the claim. */
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

// Object.keys returns string[]; these are exactly the keys above.
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

/** Validates each field separately, so that every problem is shown next to its field. */
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
  // An imported `formatted` address is kept as long as none of its parts changes.
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

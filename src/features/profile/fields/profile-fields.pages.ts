// The controls of the profile pages, one per standard claim (OpenID Connect Core §5.1) except the
// postal address, which has one per member. form.pages.ts reads what they submit.
import type { ProfileClaims } from '#config/kinds/profile-claims.ts';
import {
  visibleSections,
  type FormClaim,
  type ProfilePart,
} from '#features/profile/profile-sections.ts';
import type { StandardClaims } from '#core/users/users.ts';
import type { Locale } from '#http/i18n/languages.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import { splitBirthdate } from './birthdate.ts';
import {
  callingCodeOption,
  callingCodeOptions,
  countryName,
  countryOptions,
  dateOrder,
  languageOptions,
  monthOptions,
  shortTimeZone,
  suggestedCities,
  type LanguageOptions,
  type Option,
} from './options.pages.ts';
import { splitPhoneNumber } from './phone-number.ts';

/** What the inputs contain, by the name of the input. */
export type Inputs = Readonly<Record<string, string>>;
/** Problems by the name of the field. */
export type Problems = Readonly<Record<string, MessageKey>>;

interface Labelled {
  readonly name: string;
  readonly label: MessageKey;
  readonly problem?: MessageKey | undefined;
}

interface TextKind {
  readonly type: 'text' | 'url';
  /** Value of the autocomplete attribute (HTML §4.10.18.7). */
  readonly autocomplete: string;
  readonly hint?: MessageKey;
  /** Other values can be typed as well. */
  readonly suggestions?: readonly string[];
  /** For names of several parts, which stand beside each other. */
  readonly isHalf?: true;
}

export type ProfileField =
  | (Labelled & TextKind & { readonly control: 'text'; readonly value: string })
  | (Labelled & {
      readonly control: 'birthdate';
      readonly order: readonly ('day' | 'month' | 'year')[];
      readonly months: readonly Option[];
      readonly day: string;
      readonly month: string;
      readonly year: string;
    })
  | (Labelled & {
      readonly control: 'phone';
      readonly countries: readonly string[];
      readonly country: string;
      readonly number: string;
    })
  | (Labelled & {
      readonly control: 'country';
      readonly countries: readonly string[];
      readonly value: string;
    })
  | (Labelled & {
      readonly control: 'language';
      readonly options: LanguageOptions;
      readonly value: string;
    })
  | (Labelled & { readonly control: 'shown'; readonly text: string });

export interface ProfileSection {
  readonly id: string;
  readonly heading: MessageKey;
  readonly fields: readonly ProfileField[];
}

type TextClaim = Exclude<FormClaim, 'birthdate' | 'phone_number' | 'locale' | 'address'>;

const textKinds: Readonly<Record<TextClaim, TextKind>> = {
  name: { type: 'text', autocomplete: 'name' },
  given_name: { type: 'text', autocomplete: 'given-name', isHalf: true },
  middle_name: { type: 'text', autocomplete: 'additional-name', isHalf: true },
  family_name: { type: 'text', autocomplete: 'family-name', isHalf: true },
  nickname: { type: 'text', autocomplete: 'nickname', isHalf: true },
  preferred_username: { type: 'text', autocomplete: 'nickname' },
  gender: { type: 'text', autocomplete: 'sex' },
  website: { type: 'url', autocomplete: 'url' },
  profile: { type: 'url', autocomplete: 'off' },
  zoneinfo: {
    type: 'text',
    autocomplete: 'off',
    suggestions: suggestedCities,
    hint: 'account-profile.zoneinfo.hint',
  },
};

const addressKinds = {
  street_address: { type: 'text', autocomplete: 'address-line1' },
  postal_code: { type: 'text', autocomplete: 'postal-code', isHalf: true },
  locality: { type: 'text', autocomplete: 'address-level2', isHalf: true },
  region: { type: 'text', autocomplete: 'address-level1' },
} as const satisfies Readonly<Record<string, TextKind>>;

// Object.keys returns string[]; these are exactly the keys above.
const addressTexts = Object.keys(addressKinds) as (keyof typeof addressKinds)[];
export const addressMembers = [...addressTexts, 'country'] as const;
export type AddressMember = (typeof addressMembers)[number];

/** What the inputs contain when the page is opened. */
export function inputsOf(claims: StandardClaims, locale: Locale): Inputs {
  const { address = {}, birthdate = '', phone_number: phone = '', ...others } = claims;
  const date = splitBirthdate(birthdate);
  const { country, number } = splitPhoneNumber(phone);
  const texts = Object.entries(others).filter(([, value]) => typeof value === 'string');
  return {
    ...Object.fromEntries(texts),
    ...address,
    country: countryName(address.country ?? '', locale),
    zoneinfo: claims.zoneinfo === undefined ? '' : shortTimeZone(claims.zoneinfo),
    birthdate_day: date.day,
    birthdate_month: date.month,
    birthdate_year: date.year,
    phone_country: country === '' ? '' : callingCodeOption(country, locale),
    phone_number: number,
  };
}

interface Shown {
  readonly part: ProfilePart;
  readonly access: ProfileClaims;
  /** The stored claims, for those that can only be viewed. */
  readonly claims: StandardClaims;
  readonly inputs: Inputs;
  readonly problems?: Problems;
  readonly locale: Locale;
}

export function showSections(shown: Shown): readonly ProfileSection[] {
  return visibleSections(shown.part, shown.access).map(({ id, claims }) => ({
    id,
    heading: `account-profile.section.${id}`,
    fields: claims.flatMap((name) =>
      shown.access[name] === 'edit' ? controlsOf(name, shown) : viewOf(name, shown),
    ),
  }));
}

function viewOf(name: FormClaim, { claims, locale }: Shown): readonly ProfileField[] {
  const value = claims[name];
  if (value === undefined) return [];
  const label =
    name === 'address'
      ? 'account-profile.section.address'
      : (`account-profile.field.${name}` as const);
  const lines = addressMembers.map((member) => claims.address?.[member] ?? '');
  const whole = claims.address?.formatted ?? lines.filter(Boolean).join(', ');
  const text = typeof value === 'string' ? value : whole;
  const language = new Intl.DisplayNames(locale, { type: 'language' });
  const shown = name === 'locale' ? (language.of(text) ?? text) : text;
  return [{ control: 'shown', name, label, text: shown }];
}

function controlsOf(name: FormClaim, shown: Shown): readonly ProfileField[] {
  if (name === 'birthdate') return [birthdateField(shown)];
  if (name === 'phone_number') return [phoneField(shown)];
  if (name === 'locale') return [languageField(shown)];
  if (name !== 'address') return [textField(name, textKinds[name], shown)];
  const texts = addressTexts.map((member) => textField(member, addressKinds[member], shown));
  return [...texts, countryField(shown)];
}

type FieldName = Exclude<FormClaim, 'address'> | AddressMember;

function labelled(name: FieldName, { problems = {} }: Shown) {
  return { name, label: `account-profile.field.${name}`, problem: problems[name] } as const;
}

function textField(name: TextClaim | AddressMember, kind: TextKind, shown: Shown): ProfileField {
  return { control: 'text', ...labelled(name, shown), ...kind, value: shown.inputs[name] ?? '' };
}

function birthdateField(shown: Shown): ProfileField {
  const { inputs, locale } = shown;
  return {
    control: 'birthdate',
    ...labelled('birthdate', shown),
    order: dateOrder(locale),
    months: monthOptions(locale),
    day: inputs['birthdate_day'] ?? '',
    month: inputs['birthdate_month'] ?? '',
    year: inputs['birthdate_year'] ?? '',
  };
}

function phoneField(shown: Shown): ProfileField {
  const { inputs, locale } = shown;
  return {
    control: 'phone',
    ...labelled('phone_number', shown),
    countries: callingCodeOptions(locale),
    country: inputs['phone_country'] ?? '',
    number: inputs['phone_number'] ?? '',
  };
}

function countryField(shown: Shown): ProfileField {
  const value = shown.inputs['country'] ?? '';
  const countries = countryOptions(shown.locale).map(({ text }) => text);
  const isListed = value === '' || countries.includes(value);
  return {
    control: 'country',
    ...labelled('country', shown),
    countries: isListed ? countries : [value, ...countries],
    value,
  };
}

function languageField(shown: Shown): ProfileField {
  const value = shown.inputs['locale'] ?? '';
  return {
    control: 'language',
    ...labelled('locale', shown),
    options: languageOptions(value),
    value,
  };
}

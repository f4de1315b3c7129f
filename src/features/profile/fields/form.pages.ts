// Reads a submitted profile page: the claims of its editable fields, each validated on its own, so
// that every problem is shown next to its field.
import { AppError } from '#platform/errors.ts';
import { latinDigits, type Locale } from '#http/i18n/languages.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import type { Form } from '#http/request/input.ts';
import { readStandardClaims, type PostalAddress, type StandardClaims } from '#core/users/users.ts';
import type { ProfileChange } from '#features/profile/profile.service.ts';
import type { FormClaim } from '#features/profile/profile-sections.ts';
import { joinBirthdate } from './birthdate.ts';
import { completeTimeZone, countryName, findCountry } from './options.pages.ts';
import { joinPhoneNumber } from './phone-number.ts';
import {
  addressMembers,
  inputsOf,
  type AddressMember,
  type Inputs,
  type Problems,
} from './profile-fields.pages.ts';

export interface SubmittedPage {
  readonly form: Form;
  /** Only these are read, whatever else was submitted. */
  readonly claims: readonly FormClaim[];
  readonly known: StandardClaims;
  readonly locale: Locale;
  readonly now: Date;
}

export type ReadPage =
  | { readonly ok: true; readonly change: ProfileChange }
  | { readonly ok: false; readonly inputs: Inputs; readonly problems: Problems };

interface Submitted extends SubmittedPage {
  readonly inputs: Inputs;
  /** The inputs as they were for the stored claims. */
  readonly before: Inputs;
}

export function readPage(page: SubmittedPage): ReadPage {
  const names = page.form.names();
  const inputs = Object.fromEntries(names.map((name) => [name, page.form.get(name).trim()]));
  const submitted = { ...page, inputs, before: inputsOf(page.known, page.locale) };
  const problems = new Map<string, MessageKey>();
  const change: Record<string, unknown> = {};
  for (const name of page.claims) {
    const { value, faults } = readClaim(name, submitted);
    change[name] = value;
    for (const fault of faults) problems.set(fault, problemOf(fault, inputs));
  }
  if (problems.size > 0) return { ok: false, inputs, problems: Object.fromEntries(problems) };
  return { ok: true, change };
}

interface ReadClaim {
  readonly value: unknown;
  /** Names of fields. */
  readonly faults: readonly string[];
}

function readClaim(name: FormClaim, page: Submitted): ReadClaim {
  if (name === 'address') return readAddress(page);
  const value = textOf(name, page);
  const claim = value === undefined ? undefined : readValid({ [name]: value });
  return claim ? { value: claim[name], faults: [] } : { value: undefined, faults: [name] };
}

/** `undefined` if the inputs do not form a valid value; empty if all inputs are empty. */
function textOf(name: Exclude<FormClaim, 'address'>, page: Submitted): string | undefined {
  const { inputs, before, known, now } = page;
  const isSame = (...fields: readonly string[]) =>
    fields.every((field) => (inputs[field] ?? '') === (before[field] ?? ''));
  if (name === 'birthdate') {
    const [day = '', month = '', year = ''] = ['day', 'month', 'year'].map((part) =>
      latinDigits(inputs[`birthdate_${part}`] ?? ''),
    );
    const date = joinBirthdate({ day, month, year });
    return date > now.toISOString().slice(0, 10) ? undefined : date;
  }
  if (name === 'phone_number') {
    // Otherwise, the same number in another spelling would no longer count as verified.
    if (isSame('phone_country', 'phone_number')) return known.phone_number ?? '';
    const number = latinDigits(inputs['phone_number'] ?? '');
    const [, callingCode = ''] = /\+(\d+)$/.exec(inputs['phone_country'] ?? '') ?? [];
    return number === '' ? '' : joinPhoneNumber(callingCode, number);
  }
  const text = inputs[name] ?? '';
  return name === 'zoneinfo' && text !== '' ? completeTimeZone(text) : text;
}

function readAddress({ inputs, before, known, locale }: Submitted): ReadClaim {
  const country = chooseCountry(inputs['country'] ?? '', known.address, locale);
  const members = addressMembers.map((member) => {
    const text = member === 'country' ? country : (inputs[member] ?? '');
    return [member, text] as const;
  });
  const faults = members.filter(([member, text]) => !isMember(member, text)).map(([name]) => name);
  if (faults.length > 0) return { value: undefined, faults };
  // An imported `formatted` address is kept as long as none of its parts changes.
  const isSame = addressMembers.every((name) => (inputs[name] ?? '') === (before[name] ?? ''));
  if (isSame) return { value: known.address, faults };
  return { value: readValid({ address: Object.fromEntries(members) })?.address, faults };
}

function isMember(member: AddressMember, text: string | undefined): boolean {
  return text !== undefined && readValid({ address: { [member]: text } }) !== undefined;
}

/** The chosen country; a stored name of the same country is kept. */
function chooseCountry(
  chosen: string,
  known: PostalAddress | undefined,
  locale: Locale,
): string | undefined {
  const { country: stored = '' } = known ?? {};
  if (chosen === countryName(stored, locale)) return stored;
  return chosen === '' || findCountry(chosen, locale) !== undefined ? chosen : undefined;
}

function readValid(claims: unknown): StandardClaims | undefined {
  try {
    return readStandardClaims(claims);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

const ownProblems = ['birthdate', 'phone_number', 'zoneinfo', 'locale', 'country'] as const;

function problemOf(field: string, inputs: Inputs): MessageKey {
  const hasCode = inputs['phone_country'] !== '' || inputs['phone_number']?.startsWith('+');
  if (field === 'phone_number' && !hasCode) return 'account-profile.problem.phone_country';
  const own = ownProblems.find((each) => each === field);
  if (own) return `account-profile.problem.${own}`;
  const isUrl = field === 'website' || field === 'profile';
  return isUrl ? 'account-profile.problem.address' : 'account-profile.problem.text';
}

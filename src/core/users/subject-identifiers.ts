// Parses the subject identifiers of RFC 9493 that name a user.
// core/revocation/global-token-revocation.service.ts looks the user up.
import { AppError } from '#platform/errors.ts';

export type SubjectName =
  | { readonly format: 'iss_sub'; readonly iss: string; readonly sub: string }
  | { readonly format: 'opaque'; readonly id: string }
  | { readonly format: 'email'; readonly email: string };

/** The members of each format, all of them strings (RFC 9493 §3.2). */
const membersOf = {
  iss_sub: ['iss', 'sub'],
  opaque: ['id'],
  email: ['email'],
} as const satisfies Record<SubjectName['format'], readonly string[]>;

const maxTextLength = 2048;
const maxAliases = 8;

/**
 * Returns one name, or several for the same subject (`aliases`, RFC 9493 §3.2.8).
 * @throws AppError `invalid_input` that names the invalid member
 */
export function readSubjectNames(value: unknown): readonly SubjectName[] {
  const { format, ...members } = readObject(value, 'sub_id');
  if (format !== 'aliases') return [readName(format, members)];
  const { identifiers, ...unknown } = members;
  refuseUnknown(unknown);
  const isList = Array.isArray(identifiers) && identifiers.length > 0;
  if (!isList || identifiers.length > maxAliases) {
    throw malformed(`identifiers must be a list of 1 to ${maxAliases} subject identifiers.`);
  }
  return identifiers.map((each) => {
    const { format: inner, ...own } = readObject(each, 'Each of identifiers');
    return readName(inner, own);
  });
}

function readName(format: unknown, members: Readonly<Record<string, unknown>>): SubjectName {
  if (!isFormat(format)) {
    const known = [...Object.keys(membersOf), 'aliases'].join(', ');
    throw malformed(`format must be one of ${known}.`);
  }
  const names: readonly string[] = membersOf[format];
  refuseUnknown(Object.fromEntries(Object.entries(members).filter(([it]) => !names.includes(it))));
  const texts = names.map((name) => [name, readText(members[name], name)]);
  // True because all members of that format were read as strings.
  return { format, ...Object.fromEntries(texts) } as SubjectName;
}

function isFormat(format: unknown): format is SubjectName['format'] {
  return typeof format === 'string' && Object.hasOwn(membersOf, format);
}

function readObject(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw malformed(`${name} must be an object with a format (RFC 9493).`);
}

function readText(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '' && value.length <= maxTextLength) return value;
  throw malformed(`${name} must be a text of 1 to ${maxTextLength} characters.`);
}

function refuseUnknown(members: Readonly<Record<string, unknown>>): void {
  if (Object.keys(members).length === 0) return;
  throw malformed('The subject identifier has a member that its format does not define.');
}

function malformed(message: string): AppError {
  return new AppError('invalid_input', message);
}

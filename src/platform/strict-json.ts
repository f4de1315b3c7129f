// Strict checks of JSON that parsers could interpret differently: limited depth, unique member
// names, and text that PostgreSQL can store. Malformed JSON passes; the caller's parser reports it.
import { AppError } from './errors.ts';

/** Recursion over deeper documents has caused stack overflows. */
const deepest = 16;

const anyString = /"[^"\\]*(?:\\.[^"\\]*)*"/g;

/** Request parameters whose value is JSON (OpenID Connect Core §5.5, RFC 9396 §2). */
const jsonParameters: ReadonlySet<string> = new Set(['claims', 'authorization_details']);
/** Request parameters whose value is or may be a JWT. */
const tokenParameters: ReadonlySet<string> = new Set([
  'request',
  'client_assertion',
  'id_token_hint',
  'assertion',
  'subject_token',
  'actor_token',
  'login_hint_token',
  'software_statement',
  'logout_token',
]);

function refuse(message: string): AppError {
  return new AppError('invalid_input', message);
}

function checkText(text: string): void {
  if (!text.isWellFormed() || text.includes('\0'))
    throw refuse('The JSON contains text that is not valid Unicode, or a NUL character.');
}

/**
 * Counts the members of all objects.
 * @throws AppError `invalid_input` for a value that is refused
 */
function countMembers(value: unknown, depth = 1): number {
  if (typeof value === 'string') checkText(value);
  if (typeof value !== 'object' || value === null) return 0;
  if (depth > deepest) throw refuse('The JSON is nested too deeply.');
  if (Array.isArray(value))
    return value.reduce<number>((sum, each) => sum + countMembers(each, depth + 1), 0);

  let count = 0;
  for (const [name, member] of Object.entries(value)) {
    // Copied into an object, this member would replace its prototype.
    if (name === '__proto__') throw refuse('The JSON contains a name that is not allowed.');
    checkText(name);
    count += 1 + countMembers(member, depth + 1);
  }
  return count;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * @throws AppError `invalid_input` when the text is JSON that is refused (RFC 8259 §4 and §8
 * explain why)
 */
export function checkJson(text: string): void {
  const value = parse(text);
  if (typeof value !== 'object' || value === null) return;
  const members = countMembers(value);
  const colons = text.replaceAll(anyString, '').split(':').length - 1;
  if (colons !== members) throw refuse('The JSON contains a name more than once.');
}

/** Checks the header and claims of a JWT; other text passes. */
export function checkToken(token: string): void {
  const [header, claims, ...rest] = token.split('.');
  if (header === undefined || claims === undefined) return;
  checkJson(Buffer.from(header, 'base64url').toString());
  if (rest.length === 1) checkJson(Buffer.from(claims, 'base64url').toString());
}

/** Checks the parameters of a query or form that contain JSON or a JWT. */
export function checkDocuments(parameters: ReadonlyMap<string, string>): void {
  for (const [name, value] of parameters) {
    if (jsonParameters.has(name)) checkJson(value);
    if (tokenParameters.has(name)) checkToken(value);
  }
}

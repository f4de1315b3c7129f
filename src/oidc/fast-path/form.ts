// Reads a form that every parser reads in the same way. A form with another encoding, with a repeated
// parameter or with one that the endpoint does not list is left to the middleware, which refuses the
// form or ignores the parameter. So is an assertion whose JSON parsers could interpret differently.
import { checkToken } from '#platform/strict-json.ts';

export type Form = Readonly<Record<string, string>>;

const visible = /^[\x21-\x7e]*$/;

/**
 * Returns the parameters that have a value; `undefined` if the form is not understood.
 * @param names the only parameters that the form may have
 */
export const readForm = (bytes: Buffer, names: ReadonlySet<string>): Form | undefined =>
  readParameters(bytes.toString('latin1'), names);

/** The same for a string: a form, or the query of a URL. */
export function readParameters(text: string, names: ReadonlySet<string>): Form | undefined {
  if (!visible.test(text) || !isWellEncoded(text)) return undefined;
  const form: Record<string, string> = {};
  const seen = new Set<string>();
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = equals === -1 ? pair : pair.slice(0, equals);
    if (!names.has(name) || seen.has(name)) return undefined;
    seen.add(name);
    const value = equals === -1 ? '' : decode(pair.slice(equals + 1));
    // oidc-provider treats an empty parameter as absent.
    if (value !== '') form[name] = value;
  }
  return isStrictToken(form['client_assertion'] ?? '') ? form : undefined;
}

function isStrictToken(assertion: string): boolean {
  try {
    checkToken(assertion);
    return true;
  } catch {
    return false;
  }
}

function isWellEncoded(text: string): boolean {
  if (!text.includes('%')) return true;
  if (text.includes('%00')) return false;
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  return spaced.includes('%') ? decodeURIComponent(spaced) : spaced;
}

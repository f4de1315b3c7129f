// What counts as an e-mail address, and when two spellings are the same one.
// Whether anybody reads mail there is proved elsewhere, by sending some.

export type EmailCheck =
  | {
      readonly ok: true;
      /** Fit to be stored and written to: normalised, without surrounding space, case kept. */
      readonly email: string;
      /** For look-up, uniqueness and throttling. */
      readonly key: string;
    }
  | { readonly ok: false; readonly reason: 'empty' | 'malformed' | 'too_long' };

/** RFC 5321 §4.5.3.1, in octets: what fits between the angle brackets of a path. */
const longestAddress = 254;
const longestLocalPart = 64;

/** RFC 5322 atext, joined by single dots, and letters of any script (RFC 6531). */
const localPart =
  /^[\w!#$%&'*+/=?^`{|}~\p{L}\p{M}\p{N}-]+(\.[\w!#$%&'*+/=?^`{|}~\p{L}\p{M}\p{N}-]+)*$/u;
const domainLabel = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** One plain address: no display name, comment, quoted part or address literal. */
export function checkEmail(text: string): EmailCheck {
  const email = text.normalize('NFKC').trim();
  if (email === '') return { ok: false, reason: 'empty' };
  const at = email.lastIndexOf('@');
  const local = email.slice(0, at);
  const domain = toAsciiDomain(email.slice(at + 1));

  if (/\p{C}/u.test(text) || !text.isWellFormed()) return { ok: false, reason: 'malformed' };
  if (at < 1 || !localPart.test(local) || !domain) return { ok: false, reason: 'malformed' };
  if (
    sizeBytes(local) > longestLocalPart ||
    sizeBytes(local) + domain.length + 1 > longestAddress
  ) {
    return { ok: false, reason: 'too_long' };
  }
  return { ok: true, email, key: canonicalEmail(email) };
}

/**
 * The one form in which addresses are compared: all spellings of a mailbox share one account and
 * one count of failed attempts. Takes any text, because throttling counts what was typed. Mail goes
 * to the stored address, never to what somebody typed: two addresses may fold to the same key.
 */
export function canonicalEmail(text: string): string {
  const folded = foldCase(text.normalize('NFKC').trim());
  const at = folded.lastIndexOf('@');
  const domain = at < 0 ? undefined : toAsciiDomain(folded.slice(at + 1));
  return domain ? `${folded.slice(0, at)}@${domain}` : folded;
}

/** Whether an address, in its canonical form, is at one of these domains; no domains: any will do. */
export function isAtDomain(key: string, domains: readonly string[]): boolean {
  return domains.length === 0 || domains.includes(key.slice(key.lastIndexOf('@') + 1));
}

/** Unicode default case folding, as far as it differs from lower case. */
function foldCase(text: string): string {
  return text.toLowerCase().replaceAll('ß', 'ss').replaceAll('ς', 'σ').normalize('NFKC');
}

/** A host name of at least two labels in its ASCII form (RFC 5891); undefined when it is none. */
function toAsciiDomain(domain: string): string | undefined {
  // Only letters, digits, marks, dots and hyphens reach the URL parser: it knows more than hosts.
  if (!/^[\p{L}\p{M}\p{N}.-]+$/u.test(domain)) return undefined;
  const address = `http://${domain.toLowerCase()}`;
  const ascii = URL.canParse(address) ? new URL(address).hostname : '';
  const labels = ascii.split('.');
  const isHostName =
    labels.length > 1 && ascii.length <= 253 && labels.every((label) => domainLabel.test(label));
  return isHostName && !/^\d+$/.test(labels.at(-1) ?? '') ? ascii : undefined;
}

function sizeBytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

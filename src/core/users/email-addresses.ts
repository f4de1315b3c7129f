// Syntax of email addresses, and when two spellings denote the same mailbox. Whether a user reads
// the mailbox is verified by email (features/email-verification/).

export type EmailCheck =
  | {
      readonly ok: true;
      /** Suitable for storage and for sending: normalized and trimmed, with its case preserved. */
      readonly email: string;
      /** For lookup, uniqueness and throttling. */
      readonly key: string;
    }
  | { readonly ok: false; readonly reason: 'empty' | 'malformed' | 'too_long' };

/** Reasons why an address cannot be used for an account. */
export type EmailFault =
  | 'email_empty'
  | 'email_malformed'
  | 'email_too_long'
  | 'email_taken'
  /** The mail domain is not among those that may register. */
  | 'email_domain';

/** Maximum length in octets between the angle brackets of a path (RFC 5321 §4.5.3.1). */
const maxAddressLength = 254;
const maxLocalPartLength = 64;

/** Dot-atom (RFC 5322 atext) with letters of any script (RFC 6531). */
const localPart =
  /^[\w!#$%&'*+/=?^`{|}~\p{L}\p{M}\p{N}-]+(\.[\w!#$%&'*+/=?^`{|}~\p{L}\p{M}\p{N}-]+)*$/u;
const domainLabel = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Accepts a single plain address: no display name, comment, quoted string or address literal. */
export function checkEmail(text: string): EmailCheck {
  const email = text.normalize('NFKC').trim();
  if (email === '') return { ok: false, reason: 'empty' };
  const at = email.lastIndexOf('@');
  const local = email.slice(0, at);
  const domain = toAsciiDomain(email.slice(at + 1));

  if (/\p{C}/u.test(text) || !text.isWellFormed()) return { ok: false, reason: 'malformed' };
  if (at < 1 || !localPart.test(local) || !domain) return { ok: false, reason: 'malformed' };
  if (
    sizeBytes(local) > maxLocalPartLength ||
    sizeBytes(local) + domain.length + 1 > maxAddressLength
  ) {
    return { ok: false, reason: 'too_long' };
  }
  return { ok: true, email, key: canonicalEmail(email) };
}

/**
 * Canonical form for comparison: all spellings of a mailbox share one account and one count of
 * failed attempts. Accepts any text, because throttling counts the submitted text. Mail is always
 * sent to the stored address and never to the submitted one, because two addresses may have the
 * same canonical form.
 */
export function canonicalEmail(text: string): string {
  const folded = foldCase(text.normalize('NFKC').trim());
  const at = folded.lastIndexOf('@');
  const domain = at < 0 ? undefined : toAsciiDomain(folded.slice(at + 1));
  return domain ? `${folded.slice(0, at)}@${domain}` : folded;
}

/**
 * Whether a canonical address belongs to one of these domains; an empty list matches every domain.
 */
export function isAtDomain(key: string, domains: readonly string[]): boolean {
  return domains.length === 0 || domains.includes(key.slice(key.lastIndexOf('@') + 1));
}

/** Unicode default case folding, as far as it differs from lower case. */
function foldCase(text: string): string {
  return text.toLowerCase().replaceAll('ß', 'ss').replaceAll('ς', 'σ').normalize('NFKC');
}

/** The ASCII form of a host name with at least two labels (RFC 5891), or undefined. */
function toAsciiDomain(domain: string): string | undefined {
  // Only letters, digits, marks, dots and hyphens reach the URL parser, which accepts more than
  // host names.
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

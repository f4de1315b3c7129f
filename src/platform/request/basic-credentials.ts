// Reads client credentials from an Authorization header: Base64 of two form-encoded parts separated by
// a colon (RFC 6749 §2.3.1).

export interface BasicCredentials {
  readonly id: string;
  readonly secret: string;
}

const basic = /^basic +([A-Za-z0-9+/]+={0,2})$/i;
const visible = /^[\x20-\x7e]+$/;
/** Visible characters except `%` and `+`, which encode others. */
const plain = /^[\x21-\x24\x26-\x2a\x2c-\x7e]+$/;

/** Returns `undefined` unless both parts are present and consist of visible characters. */
export function readBasicCredentials(header: string): BasicCredentials | undefined {
  const encoded = basic.exec(header)?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('latin1');
  const colon = text.indexOf(':');
  const id = decode(text.slice(0, Math.max(colon, 0)));
  const secret = decode(text.slice(colon + 1));
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

function decode(part: string): string | undefined {
  if (plain.test(part)) return part;
  try {
    const decoded = decodeURIComponent(part.replaceAll('+', '%20'));
    return visible.test(decoded) ? decoded : undefined;
  } catch {
    return undefined;
  }
}

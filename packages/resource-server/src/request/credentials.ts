// Reads the access token of a request: one Authorization header, and nothing else (RFC 6750 §2.1, RFC 9449
// §7.1). Tokens in the URL end up in logs, so they are not accepted (RFC 9700 §4.3.2).
import type { Scheme } from './challenges.ts';
import { Refusal } from './refusal.ts';
import type { RequestFacts } from '../types.ts';

export interface Credentials {
  readonly scheme: Scheme;
  readonly token: string;
  /** The value of the DPoP header. */
  readonly proof: string | undefined;
}

/** Servers do not accept headers with a longer token. */
const maxTokenLength = 16_384;

/** Two headers with one name are joined by a comma, which no token contains. */
export function readCredentials({ headers, url }: RequestFacts): Credentials {
  const value = headers.get('authorization');
  if (value === null) throw new Refusal('no_token', 'The request has no Authorization header');
  const [, name, token] = /^(Bearer|DPoP) +([\w.~+/-]+=*)$/i.exec(value.trim()) ?? [];
  if (name === undefined || token === undefined) {
    if (!/^(?:Bearer|DPoP)(?: |,|$)/i.test(value)) {
      throw new Refusal('no_token', 'The request uses another authentication scheme');
    }
    throw new Refusal('invalid_request', 'The Authorization header is malformed');
  }
  // A request target need not be a valid URL: a client may send `//`, for example.
  const query = url.slice(`${url}?`.indexOf('?') + 1);
  if (new URLSearchParams(query).has('access_token')) {
    throw new Refusal('invalid_request', 'The request has a second token in its URL');
  }
  if (token.length > maxTokenLength) throw new Refusal('invalid_token', 'The token is too long');
  const scheme = name.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer';
  return { scheme, token, proof: headers.get('dpop') ?? undefined };
}

// Web addresses: the issuer identifier and links.
import type { Kind } from '#config/setting.ts';

/**
 * The issuer identifier (OpenID Connect Discovery §3), in its only accepted spelling, because
 * issuers are compared as strings.
 */
export const issuerUrl: Kind<string> = {
  values: 'http(s) address without user, query and fragment; a path may follow',
  parse(text) {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (!url || !/^https?:$/.test(url.protocol))
      throw new Error('must be an http or https address');
    // The text is checked too, because the parser drops an empty query, fragment or user.
    if (/[?#@]/.test(text)) throw new Error('must be without user, query and fragment');
    const path = url.pathname.replace(/\/$/, '');
    if (!/^(\/[\w.~-]+)*$/.test(path))
      throw new Error('must have a path of letters, digits and . _ ~ -');
    return url.origin + path;
  },
};

export const webAddress: Kind<string> = {
  values: 'an http(s) address',
  parse(text) {
    if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text;
    throw new Error('must be an http or https address');
  },
};

export const httpsOrigin: Kind<string> = {
  values: 'an https address without a path',
  parse(text) {
    const url = URL.parse(text);
    if (url?.protocol === 'https:' && url.origin === text) return text;
    throw new Error('must be an https address without a path, such as https://mtls.example.com');
  },
};

// Comma separated lists of networks, domains and origins.
import { isNetwork } from '#platform/outbound/networks.ts';
import type { Kind } from '#config/setting.ts';

export const networks: Kind<readonly string[]> = {
  values: 'addresses or networks such as `10.0.0.0/8`, comma separated',
  parse: (text) =>
    parseList(text).map((entry) => {
      if (isNetwork(entry)) return entry;
      throw new Error(`must be addresses or networks, but ${JSON.stringify(entry)} is neither`);
    }),
};

/** Host names, normalized for comparison with email addresses. */
export const domains: Kind<readonly string[]> = {
  values: 'domains such as `example.com`, comma separated',
  parse: (text) =>
    parseList(text).map((entry) => {
      const host = /^[^\s/?#@:\\]+$/.test(entry) ? URL.parse(`http://${entry}`)?.hostname : '';
      if (host && /^[a-z\d-]+(\.[a-z\d-]+)+$/.test(host)) return host;
      throw new Error(`must be domains, but ${JSON.stringify(entry)} is not one`);
    }),
};

/** Web origins (RFC 6454), in the serialization that browsers use. */
export const origins: Kind<readonly string[]> = {
  values: 'origins such as `https://app.example.com`, comma separated',
  parse: (text) =>
    parseList(text).map((entry) => {
      const url = URL.parse(entry);
      if (url?.protocol === 'https:' && url.origin === entry.toLowerCase()) return url.origin;
      throw new Error(`must be https origins, but ${JSON.stringify(entry)} is not one`);
    }),
};

/** Web origins that may include this machine over http, where developers run their tools. */
export const toolOrigins: Kind<readonly string[]> = {
  values: 'origins such as `https://app.example.com` or `http://localhost:5173`, comma separated',
  parse: (text) =>
    parseList(text).map((entry) => {
      const url = URL.parse(entry);
      const isLocal = url !== null && /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
      const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLocal);
      if (isSafe && url.origin === entry.toLowerCase()) return url.origin;
      throw new Error(
        `must be origins with https, or http on localhost, but ${JSON.stringify(entry)} is not one`,
      );
    }),
};

export function parseList(text: string): string[] {
  const entries = text.split(',').map((entry) => entry.trim());
  if (entries.includes('')) throw new Error('must be a comma separated list without empty entries');
  return entries;
}

/** Scope names (RFC 6749 §3.3). */
export const scopeNames: Kind<readonly string[]> = {
  values: 'scopes such as `openid`, comma separated',
  parse: (text) =>
    parseList(text).map((entry) => {
      if (/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(entry)) return entry;
      throw new Error(`must be scopes, but ${JSON.stringify(entry)} is not one`);
    }),
};

/** Hosts from which something is accepted: all (`on`), none (`off`), or those listed. */
export const permittedHosts: Kind<'on' | 'off' | readonly string[]> = {
  values: '`on`, `off`, or domains such as `example.com`, comma separated',
  parse: (text) => (text === 'on' || text === 'off' ? text : domains.parse(text)),
};

// The names and attributes that our cookies share: for this host only, not readable by scripts, and sent with
// cross-site requests only if the browser navigates to a page. With TLS, the prefix makes browsers enforce that
// the cookie is Secure and for this host only (RFC 6265bis §4.1.3.2). The caller adds the lifetime, and whether
// Koa signs the cookie.

export function ownCookie(issuerUrl: URL, name?: string) {
  const secure = issuerUrl.protocol === 'https:';
  const parts = [secure ? '__Host-ostiary' : 'ostiary', ...(name === undefined ? [] : [name])];
  return {
    name: parts.join('-'),
    attributes: { httpOnly: true, sameSite: 'lax', path: '/', secure, overwrite: true },
  } as const;
}

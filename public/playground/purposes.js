/** Titles of the exchanges in the timeline, and why each request is sent. */

/** @satisfies {Record<string, import('./exchange-log.js').Purpose>} */
export const purposes = {
  discovery: {
    title: 'Discovery',
    why: 'The metadata of the issuer contains the URLs of all endpoints.',
  },
  signIn: {
    title: 'Authorization request',
    why: 'The browser is redirected to the provider. The app never sees a password.',
  },
  check: {
    title: 'Authorization request with prompt=none',
    why: 'The provider must respond without showing a page.',
  },
  signInResponse: {
    title: 'Authorization response',
    why: 'The URL contains a code. It is useless without the secret, which is still in this tab.',
  },
  signInError: {
    title: 'Authorization error response',
    why: 'Instead of a code, the URL contains an error code.',
  },
  code: {
    title: 'Token request',
    why: 'The code and the PKCE secret are exchanged for tokens.',
  },
  keys: {
    title: 'Keys of the provider',
    why: 'The public keys with which the signature of the ID token is verified.',
  },
  refresh: {
    title: 'Refresh',
    why: 'The refresh token is exchanged for new tokens. It cannot be used again; its successor replaces it.',
  },
  twin: {
    title: 'Parallel refresh',
    why: 'A second tab, or a retry after a lost response, would send the same request.',
  },
  replay: {
    title: 'Replay',
    why: 'An attacker would do this: use a refresh token that has already been used.',
  },
  familyCheck: {
    title: 'Is the newest token active?',
    why: 'It has not been used itself, so its status shows whether the family was revoked.',
  },
  userInfo: {
    title: 'UserInfo',
    why: 'Returns the claims about the user that the scopes allow.',
  },
  introspection: {
    title: 'Introspection',
    why: 'Returns whether the token is active now, whatever the token itself contains.',
  },
  revocation: {
    title: 'Revocation',
    why: 'The app revokes a token before it expires. The response is 200 in every case.',
  },
  signOut: {
    title: 'Logout request',
    why: 'Ends the session at the provider as well. The ID token identifies the session.',
  },
  signOutResponse: {
    title: 'Logout response',
    why: 'The provider redirects the browser to the registered URI.',
  },
};

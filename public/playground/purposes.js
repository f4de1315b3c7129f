/** Why each request is made, in words for a newcomer: the headings of the time line. */

/** @satisfies {Record<string, import('./wire.js').Purpose>} */
export const purposes = {
  discovery: {
    title: 'Discovery',
    why: 'Where is everything? From the issuer alone the app learns every other address.',
  },
  signIn: {
    title: 'Off to the provider',
    why: 'The browser carries the request. The app never sees a password.',
  },
  check: {
    title: 'A quiet question',
    why: 'With prompt=none the provider must answer at once, without showing any page.',
  },
  signInAnswer: {
    title: 'Back with an answer',
    why: 'The address bar brings a code. Useless by itself: the secret is still in this tab.',
  },
  signInRefusal: {
    title: 'Back with an error',
    why: 'Instead of a code, the address bar brings a word that says what stood in the way.',
  },
  code: {
    title: 'Code for tokens',
    why: 'The code and the PKCE secret together are traded for tokens.',
  },
  keys: {
    title: 'Keys of the provider',
    why: 'The public keys, to check the signature of the ID token with.',
  },
  refresh: {
    title: 'Refresh',
    why: 'The refresh token is traded for new tokens. It is spent now, and its successor takes its place.',
  },
  twin: {
    title: 'Same refresh again',
    why: 'What a second tab, or a retry after a lost answer, would do at the same moment.',
  },
  replay: {
    title: 'Replay',
    why: 'What a thief would do: use a refresh token that has already been used.',
  },
  proof: {
    title: 'Is the newest alive?',
    why: 'It was never misused itself. Whether it outlives the replay shows what became of the family.',
  },
  userInfo: {
    title: 'UserInfo',
    why: 'What does the provider know about this person, as far as the scopes allow?',
  },
  introspection: {
    title: 'Introspection',
    why: 'Is this token good right now? The provider knows, whatever the token says about itself.',
  },
  revocation: {
    title: 'Revocation',
    why: 'The app gives a token back before its time. The answer is 200 in any case.',
  },
  signOut: {
    title: 'Off to sign out',
    why: 'Ends the session at the provider too. The ID token says whose.',
  },
  signOutAnswer: {
    title: 'Back after signing out',
    why: 'The provider sends the browser to the address that was registered for this.',
  },
};

/** Explains each result of a refresh, replay or revocation. */

/** @satisfies {Record<string, import('./problems.js').Notice>} */
export const outcomes = {
  rotated: {
    kind: 'good',
    title: 'New tokens, next generation',
    text: 'The old refresh token has been used. Its successor is shown below, and a new access token above.',
  },
  notRotated: {
    kind: 'plain',
    title: 'New access token, same refresh token',
    text: 'The provider did not rotate the refresh token this time.',
  },
  sameSuccessor: {
    kind: 'good',
    title: 'The same successor was returned',
    text: 'Within the leeway, the provider treats a replay as a retry after a lost response. It created no second successor: the refresh token in this response is the one you already have.',
  },
  twins: {
    kind: 'good',
    title: 'Two refreshes, one successor',
    text: 'Both responses contain the same refresh token. Two tabs cannot invalidate each other’s tokens, and the family did not fork.',
  },
  forked: {
    kind: 'bad',
    title: 'The family forked',
    text: 'The two responses contain different refresh tokens. An attacker and an honest app can no longer be told apart.',
  },
  twinRefused: {
    kind: 'plain',
    title: 'One of the two was refused',
    text: 'The newest token is still active.',
  },
  acceptedReplay: {
    kind: 'bad',
    title: 'A used token was accepted',
    text: 'The provider issued new tokens for a refresh token that had already been used. An attacker could do the same.',
  },
  replayRefused: {
    kind: 'plain',
    title: 'Refused, but the family is active',
    text: 'The provider refused the used token, and the newest one is still active.',
  },
  familyEnded: {
    kind: 'bad',
    title: 'The family was revoked',
    text: 'A used token was presented again, so there is a copy of it. The provider cannot tell which party is the attacker, so it revoked every token of the family, including the newest one. The user has to sign in again.',
  },
  refused: {
    kind: 'bad',
    title: 'The newest token was refused',
    text: 'It has expired or was revoked, or the user was blocked. The user has to sign in again.',
  },
  familyRevoked: {
    kind: 'good',
    title: 'Revoked',
    text: 'Revoking one refresh token revokes its whole family. Introspect the access token to see whether it is still active.',
  },
  revoked: {
    kind: 'good',
    title: 'The access token was revoked',
    text: 'The response is 200 in every case. Introspect the token to see whether it is still active.',
  },
  active: {
    kind: 'good',
    title: 'The family is active',
    text: 'According to introspection, the newest token is active.',
  },
  ended: {
    kind: 'bad',
    title: 'The family was revoked',
    text: 'According to introspection, the newest token is no longer active. The user has to sign in again.',
  },
  stillEnded: {
    kind: 'bad',
    title: 'Still revoked',
    text: 'A revoked family cannot be used again; the newest token is not active.',
  },
};

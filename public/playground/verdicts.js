/** What each end of a refresh, replay or revocation means, in words for a newcomer. */

/** @satisfies {Record<string, import('./problems.js').Notice>} */
export const verdicts = {
  rotated: {
    kind: 'good',
    title: 'New tokens, next generation',
    text: 'The old refresh token is spent. Its successor is below, and a new access token above.',
  },
  notRotated: {
    kind: 'plain',
    title: 'New access token, same refresh token',
    text: 'The provider did not exchange the refresh token this time.',
  },
  sameSuccessor: {
    kind: 'good',
    title: 'The same successor came back',
    text: 'Within the leeway the provider takes a repeat for a lost answer. It did not make a second heir: the refresh token in this answer is the very one you already hold.',
  },
  twins: {
    kind: 'good',
    title: 'Two refreshes, one successor',
    text: 'Both answers carry the same refresh token. Two tabs cannot push each other out, and the family did not fork.',
  },
  forked: {
    kind: 'bad',
    title: 'The family forked',
    text: 'The two answers carry different refresh tokens. From here on a thief and an honest app could not be told apart.',
  },
  twinRefused: {
    kind: 'plain',
    title: 'One of the two was refused',
    text: 'The newest token is still good.',
  },
  acceptedReplay: {
    kind: 'bad',
    title: 'A spent token was accepted',
    text: 'The provider gave out new tokens for a refresh token that was already used. A thief could do the same.',
  },
  replayRefused: {
    kind: 'plain',
    title: 'Refused, but the family lives',
    text: 'The provider did not accept the spent token, and the newest one is still good.',
  },
  familyEnded: {
    kind: 'bad',
    title: 'The family has ended',
    text: 'A spent token turned up again, so somebody holds a copy. The provider cannot tell who is the thief, so nobody keeps anything: even the newest token, never misused, is dead. The person simply signs in again.',
  },
  refused: {
    kind: 'bad',
    title: 'The newest token was refused',
    text: 'Expired, revoked, or the person was blocked: the family has ended. The person has to sign in again.',
  },
  givenBack: {
    kind: 'good',
    title: 'Given back',
    text: 'Revoking one refresh token ends its whole family. Introspect the access token to see what became of it.',
  },
  revoked: {
    kind: 'good',
    title: 'The access token was given back',
    text: 'The provider answers 200 whatever it found. Introspect the token to see what became of it.',
  },
  alive: {
    kind: 'good',
    title: 'The family is alive',
    text: 'Introspection says that the newest token is good.',
  },
  ended: {
    kind: 'bad',
    title: 'The family has ended',
    text: 'Introspection says that the newest token is no longer good. The person has to sign in again.',
  },
  stillEnded: {
    kind: 'bad',
    title: 'Still ended',
    text: 'The dead do not come back: the newest token is not good for anything.',
  },
};

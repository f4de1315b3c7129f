/**
 * The refresh tokens of one sign-in, as far as an application can know them. These pure functions
 * interpret the provider's responses; the provider alone decides.
 */

/**
 * @typedef {object} Member
 * @property {number} generation 0 is the token from the sign-in, as the provider counts
 * @property {string} token
 * @property {number} issuedAt milliseconds since the epoch
 * @property {number} [spentAt] when its successor was received
 */

/**
 * @typedef {object} Family
 * @property {readonly Member[]} members oldest first; the last one is the token to use
 * @property {number} [endedAt] when this page learned that the family was revoked
 */

/** @typedef {'rotated' | 'same_successor' | 'not_rotated'} RefreshOutcome */

/**
 * @param {string | undefined} token the refresh token of a sign-in, if there was one
 * @param {number} at
 * @returns {Family | undefined}
 */
export function foundFamily(token, at) {
  return token === undefined ? undefined : { members: [{ generation: 0, token, issuedAt: at }] };
}

/**
 * What a successful refresh means for the family. A token that this page already holds is the same
 * successor again.
 *
 * @param {Family} family
 * @param {string} used the token that was sent
 * @param {string | undefined} received the refresh token of the response
 * @returns {RefreshOutcome}
 */
export function judgeRefresh(family, used, received) {
  if (received === undefined || received === used) return 'not_rotated';
  return family.members.some(({ token }) => token === received) ? 'same_successor' : 'rotated';
}

/**
 * @param {Family} family
 * @param {string} token the successor
 * @param {number} at
 * @returns {Family}
 */
export function addMember(family, token, at) {
  const spent = family.members.map((member) => ({ ...member, spentAt: member.spentAt ?? at }));
  return { ...family, members: [...spent, { generation: spent.length, token, issuedAt: at }] };
}

/**
 * @param {Family} family
 * @returns {Member | undefined} the member whose token is to be used next
 */
export function newestMember(family) {
  return family.members.at(-1);
}

/**
 * Until when the provider treats a replay of this token as a retry after a lost response. This
 * applies only to the predecessor of the newest token: once the successor was used, its response is
 * known to have arrived.
 *
 * @param {Family} family
 * @param {Member} member
 * @param {number} leewaySeconds
 * @returns {number | undefined} milliseconds since the epoch
 */
export function leewayEnd(family, member, leewaySeconds) {
  const newest = newestMember(family);
  if (member.spentAt === undefined || member.generation + 1 !== newest?.generation)
    return undefined;
  return member.spentAt + leewaySeconds * 1000;
}

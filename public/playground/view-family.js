/**
 * Shows the refresh tokens of one sign-in in the order of their generations: which are used, which
 * one is current, and what a replay does.
 */
import { buildLife, buildMoment } from './clock.js';
import { build, buildButton, buildCopyButton, createPart, find } from './dom.js';
import { leewayEnd, newestMember } from './family.js';
import { shorten } from './exchange-log.js';

/** @typedef {import('./family.js').Family} Family */
/** @typedef {import('./family.js').Member} Member */
/** @typedef {import('./token-actions.js').TokenActions} TokenActions */

/**
 * @param {TokenActions} actions
 * @param {number} leewaySeconds
 */
export function createFamilyView(actions, leewaySeconds) {
  const section = find('family');
  const showPart = createPart(find('family-body'), (/** @type {Family | undefined} */ family) =>
    family
      ? [buildMembers(family, actions, leewaySeconds), buildActions(family, actions)]
      : [buildAbsence()],
  );
  return {
    /** @param {import('./memory.js').State} state */
    show({ session }) {
      section.hidden = session === undefined;
      section.dataset.ended = String(session?.family?.endedAt !== undefined);
      showPart(session?.family);
    },
  };
}

/**
 * @param {Family} family
 * @param {TokenActions} actions
 * @param {number} leewaySeconds
 */
function buildMembers(family, actions, leewaySeconds) {
  const members = family.members.map((member) =>
    buildMember(family, member, actions, leewaySeconds),
  );
  return build('ol', { class: 'pg-family' }, ...members);
}

/**
 * @param {Family} family
 * @param {Member} member
 * @param {TokenActions} actions
 * @param {number} leewaySeconds
 */
function buildMember(family, member, actions, leewaySeconds) {
  const newest = member === newestMember(family);
  const ended = family.endedAt !== undefined;
  const status = ended ? 'ended' : newest ? 'newest' : 'used';
  return build(
    'li',
    { 'data-status': status },
    build(
      'div',
      { class: 'pg-row' },
      build(
        'p',
        {},
        build('strong', {}, `Generation ${member.generation}`),
        build('span', { class: 'pg-badge' }, status),
      ),
      build(
        'span',
        { class: 'pg-when' },
        member.spentAt === undefined ? 'issued ' : 'used ',
        buildMoment(member.spentAt ?? member.issuedAt),
      ),
    ),
    build(
      'p',
      { class: 'pg-row' },
      build('code', {}, shorten(member.token)),
      buildCopyButton(member.token, `refresh token of generation ${member.generation}`),
    ),
    newest || ended ? undefined : buildReplay(family, member, actions, leewaySeconds),
  );
}

/**
 * @param {Family} family
 * @param {Member} member
 * @param {TokenActions} actions
 * @param {number} leewaySeconds
 */
function buildReplay(family, member, actions, leewaySeconds) {
  const end = leewayEnd(family, member, leewaySeconds);
  const generation = String(member.generation);
  return build(
    'div',
    { class: 'pg-replay' },
    ...(end === undefined ? [buildNoLeeway()] : buildLeeway(end, leewaySeconds)),
    buildButton('Replay this token', actions.replay(member.generation), {
      class: 'second',
      'data-focus': `replay-${generation}`,
      'data-replay': generation,
    }),
  );
}

function buildNoLeeway() {
  return build(
    'p',
    { class: 'pg-sub' },
    'No leeway: its successor has been used, so a replay revokes the family.',
  );
}

/**
 * @param {number} end
 * @param {number} leewaySeconds
 */
function buildLeeway(end, leewaySeconds) {
  return [
    build(
      'div',
      { class: 'pg-life', 'data-show-until': String(end) },
      buildLife(end - leewaySeconds * 1000, end, 'Remaining leeway'),
      build(
        'p',
        {},
        'Leeway ends ',
        buildMoment(end),
        '. Until then, a replay is treated as a retry after a lost response or as a second tab, and returns the same successor.',
      ),
    ),
    build(
      'p',
      { class: 'pg-sub', 'data-show-after': String(end) },
      'The leeway has expired: a replay now means that the token was copied, and revokes the family.',
    ),
  ];
}

/**
 * @param {Family} family
 * @param {TokenActions} actions
 */
function buildActions({ endedAt }, actions) {
  const introspect = buildButton('Introspect', actions.introspectFamily, {
    class: 'second',
    'data-focus': 'introspect-family',
  });
  const refresh = { id: 'playground-refresh', 'data-focus': 'refresh' };
  if (endedAt !== undefined) {
    return build(
      'div',
      { class: 'pg-actions' },
      buildButton('Try the newest token again', actions.refresh, { class: 'second', ...refresh }),
      introspect,
    );
  }
  return build(
    'div',
    { class: 'pg-actions' },
    buildButton('Refresh', actions.refresh, refresh),
    buildButton('Refresh twice in parallel', actions.refreshTwice, {
      class: 'second',
      'data-focus': 'refresh-twice',
    }),
    introspect,
    buildButton('Revoke', actions.revokeFamily, { class: 'second', 'data-focus': 'revoke-family' }),
  );
}

function buildAbsence() {
  return build(
    'p',
    { class: 'pg-sub' },
    'None: the provider issued no refresh token for these scopes. ',
    build('code', {}, 'offline_access'),
    ' requests one.',
  );
}

/**
 * The refresh tokens of one sign-in as a line of descent: which are spent, which one counts, and
 * what a replay does.
 */
import { buildLife, buildMoment } from './clock.js';
import { build, buildButton, buildCopyButton, createPart, find } from './dom.js';
import { leewayEnd, newestMember } from './family.js';
import { shorten } from './wire.js';

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
  const standing = ended ? 'ended' : newest ? 'newest' : 'spent';
  return build(
    'li',
    { 'data-standing': standing },
    build(
      'div',
      { class: 'pg-row' },
      build(
        'p',
        {},
        build('strong', {}, `Generation ${member.generation}`),
        build('span', { class: 'pg-badge' }, standing),
      ),
      build(
        'span',
        { class: 'pg-when' },
        member.spentAt === undefined ? 'issued ' : 'spent ',
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
    'No leeway: its successor has been used, so a repeat ends the family.',
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
      buildLife(end - leewaySeconds * 1000, end, 'Leeway left'),
      build(
        'p',
        {},
        'Leeway ends ',
        buildMoment(end),
        '. Until then a repeat counts as a lost answer or a second tab, and gets the same successor.',
      ),
    ),
    build(
      'p',
      { class: 'pg-sub', 'data-show-after': String(end) },
      'The leeway is over: from now on a repeat means that the token was copied, and ends the family.',
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
      buildButton('Try the newest once more', actions.refresh, { class: 'second', ...refresh }),
      introspect,
    );
  }
  return build(
    'div',
    { class: 'pg-actions' },
    buildButton('Refresh', actions.refresh, refresh),
    buildButton('Refresh twice at once', actions.refreshTwice, {
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
    'There is none: the provider gave none for these scopes. ',
    build('code', {}, 'offline_access'),
    ' asks for one.',
  );
}

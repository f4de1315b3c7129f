/** Says how the last thing ended, in the part of the page where it was begun. */
import { build, createPart, find } from './dom.js';

/** @type {readonly import('./problems.js').Place[]} */
const places = ['page', 'access-token', 'family'];

export function createNoticesView() {
  const parts = places.map((place) => ({
    place,
    show: createPart(find(`notice-${place}`), buildNotice),
  }));
  return {
    /** @param {import('./memory.js').State} state */
    show({ notices }) {
      for (const { place, show } of parts) show(notices[place]);
    },
  };
}

/** @param {import('./problems.js').Notice | undefined} notice */
function buildNotice(notice) {
  if (!notice) return [];
  const { kind, title, text, code } = notice;
  return [
    build(
      'div',
      { class: 'pg-verdict', 'data-kind': kind },
      build('strong', {}, title),
      build('p', {}, text),
      code === undefined ? undefined : build('code', {}, code),
    ),
  ];
}

/** Shows the result of the last action, next to the button that started it. */
import { build, createPart, find } from './dom.js';

/** @type {readonly import('./problems.js').NoticeArea[]} */
const areas = ['page', 'access-token', 'family'];

export function createNoticesView() {
  const parts = areas.map((area) => ({
    area,
    show: createPart(find(`notice-${area}`), buildNotice),
  }));
  return {
    /** @param {import('./memory.js').State} state */
    show({ notices }) {
      for (const { area, show } of parts) show(notices[area]);
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

/**
 * Shows the requests and responses, oldest first. Lines are only added, so expanded ones stay
 * expanded.
 */
import { build, find } from './dom.js';
import { purposes } from './purposes.js';
import { buildParameters } from './view-parameters.js';

/** @typedef {import('./exchange-log.js').Exchange} Exchange */

/** The steps of a sign-in, shown before the first one. */
const ahead = [
  purposes.signIn,
  purposes.signInResponse,
  purposes.code,
  purposes.keys,
  purposes.userInfo,
];

export function createTimelineView() {
  const list = find('timeline');
  const scroller = find('timeline-scroller');
  const forecast = find('timeline-ahead');
  forecast.append(...ahead.map(buildForecast));
  let shown = 0;

  return {
    /** @param {import('./memory.js').State} state */
    show({ exchanges, session }) {
      forecast.hidden = session !== undefined;
      const added = exchanges.filter(({ number }) => number > shown);
      if (added.length === 0) return;
      list.append(...added.map(buildExchange));
      shown = added.at(-1)?.number ?? shown;
      if (session) scroller.scrollTop = scroller.scrollHeight;
    },
  };
}

/** @param {import('./exchange-log.js').Purpose} purpose */
function buildForecast({ title, why }) {
  return build('li', {}, build('strong', {}, title), build('span', { class: 'pg-why' }, why));
}

/** @param {Exchange} exchange */
function buildExchange(exchange) {
  const item = build(
    'li',
    { 'data-kind': exchange.kind },
    build(
      'details',
      {},
      build(
        'summary',
        {},
        build(
          'span',
          { class: 'pg-row' },
          build('strong', {}, exchange.title),
          buildStatus(exchange),
        ),
        build(
          'span',
          { class: 'pg-line' },
          build('b', {}, exchange.method),
          ' ',
          new URL(exchange.address).pathname,
        ),
        build('span', { class: 'pg-why' }, exchange.why),
      ),
      ...buildContent(exchange),
    ),
  );
  // The details of the last entry would otherwise open below the visible part of the list.
  item.querySelector('details')?.addEventListener('toggle', () => {
    if (item.querySelector('details')?.open) item.scrollIntoView({ block: 'nearest' });
  });
  return item;
}

/** @param {Exchange} exchange */
function buildStatus({ kind, status, durationMs, failure }) {
  if (kind !== 'request')
    return build('span', { class: 'pg-badge' }, kind === 'leave' ? 'leaves ↗' : 'returns ↙');
  if (failure !== undefined || status === undefined)
    return build('span', { class: 'pg-badge', 'data-good': 'false' }, 'no response');
  const good = status < 400;
  return build(
    'span',
    { class: 'pg-badge', 'data-good': String(good) },
    `${status}`,
    durationMs === undefined ? '' : ` · ${durationMs} ms`,
  );
}

/** @param {Exchange} exchange */
function buildContent({ address, parameters, body, failure }) {
  return [
    build('p', { class: 'pg-raw' }, address),
    parameters.length > 0 ? buildParameters(parameters) : undefined,
    failure === undefined ? undefined : build('p', {}, failure),
    body === undefined
      ? undefined
      : build(
          'pre',
          { tabindex: '0', role: 'group', 'aria-label': 'Response' },
          build('code', {}, typeof body === 'string' ? body : JSON.stringify(body, undefined, 2)),
        ),
  ];
}

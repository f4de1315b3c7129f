/**
 * Updates every element that depends on the current time, once a second. Views only mark the
 * elements: `data-moment` shows the distance to a time, `data-until` (a progress bar) the time that
 * is left, and `data-show-until` and `data-show-after` hide or show an element at a time.
 */
import { build } from './dom.js';

/**
 * @param {number} seconds negative for the past
 * @returns {string} such as "in 4 min 59 s", "just now" or "12 s ago"
 */
export function describeDistance(seconds) {
  if (seconds === 0) return 'just now';
  const amount = describeAmount(Math.abs(seconds));
  return seconds < 0 ? `${amount} ago` : `in ${amount}`;
}

/**
 * @param {number} seconds
 * @returns {string} the two largest units
 */
function describeAmount(seconds) {
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor((seconds % 86_400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = Math.floor(seconds % 60);
  if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`;
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`;
  if (minutes > 0) return rest > 0 ? `${minutes} min ${rest} s` : `${minutes} min`;
  return `${rest} s`;
}

/**
 * @param {number} at milliseconds since the epoch
 * @returns {HTMLElement} kept up to date by the clock
 */
export function buildMoment(at) {
  const moment = new Date(at);
  return build('time', {
    datetime: moment.toISOString(),
    title: moment.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'long' }),
    'data-moment': String(at),
  });
}

/**
 * @param {number} from milliseconds since the epoch
 * @param {number} until
 * @param {string} label
 * @returns {HTMLElement} a bar that shrinks with the time left
 */
export function buildLife(from, until, label) {
  return build('progress', {
    max: String(Math.max(1, until - from)),
    'aria-label': label,
    'data-until': String(until),
  });
}

/**
 * @param {HTMLElement} page
 * @param {() => Date} now
 */
export function keepTime(page, now) {
  const tick = () => showTime(page, now().getTime());
  tick();
  setInterval(tick, 1000);
  return tick;
}

/**
 * @param {HTMLElement} page
 * @param {number} now
 */
function showTime(page, now) {
  for (const element of select(page, '[data-moment]')) {
    element.textContent = describeDistance(
      Math.round((Number(element.dataset.moment) - now) / 1000),
    );
  }
  for (const element of select(page, 'progress[data-until]')) {
    if (element instanceof HTMLProgressElement)
      element.value = Math.max(0, Number(element.dataset.until) - now);
  }
  for (const element of select(page, '[data-show-until]')) {
    element.hidden = now >= Number(element.dataset.showUntil);
  }
  for (const element of select(page, '[data-show-after]')) {
    element.hidden = now < Number(element.dataset.showAfter);
  }
}

/**
 * @param {HTMLElement} page
 * @param {string} selector
 * @returns {Iterable<HTMLElement>}
 */
function select(page, selector) {
  return page.querySelectorAll(selector);
}

/** Shows the parameters of a request or response, each with its meaning. */
import { build } from './dom.js';
import { explainParameter } from './parameters.js';

/**
 * @param {readonly (readonly [name: string, value: string])[]} parameters
 * @returns {HTMLElement}
 */
export function buildParameters(parameters) {
  return build('dl', { class: 'pg-parameters' }, ...parameters.map(buildParameter));
}

/** @param {readonly [name: string, value: string]} parameter */
function buildParameter([name, value]) {
  const meaning = explainParameter(name);
  return build(
    'div',
    {},
    build('dt', {}, name),
    build('dd', { class: 'pg-value' }, build('code', {}, value)),
    meaning === undefined ? undefined : build('dd', { class: 'pg-meaning' }, meaning),
  );
}

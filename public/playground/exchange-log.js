/**
 * Records every request and response for the timeline; secrets are shortened before they are kept.
 * It changes no request: protocol.js decides what is sent and why.
 */

/**
 * @typedef {object} Exchange
 * @property {number} number counted from 1
 * @property {number} at milliseconds since the epoch
 * @property {'request' | 'leave' | 'return'} kind a fetch, or a redirect of the browser
 * @property {string} title
 * @property {string} why one sentence that explains the step
 * @property {string} method
 * @property {string} address without the query
 * @property {readonly (readonly [name: string, value: string])[]} parameters
 * @property {number} [status]
 * @property {number} [durationMs]
 * @property {unknown} [body] the JSON of the response, or its text
 * @property {string} [failure] why there was no response
 */

/** @typedef {{ title: string, why: string }} Purpose */
/** @typedef {RequestInit & { method: string, headers: Record<string, string> }} Request */

const secretNames = new Set([
  'access_token',
  'code',
  'code_verifier',
  'id_token',
  'id_token_hint',
  'refresh_token',
  'token',
]);

/** Older exchanges are dropped, because the timeline must fit into sessionStorage. */
const keptExchanges = 80;

/**
 * @param {object} dependencies
 * @param {typeof globalThis.fetch} dependencies.fetch
 * @param {() => Date} dependencies.now
 * @param {readonly Exchange[]} dependencies.exchanges recorded before the page was loaded
 * @param {(exchanges: readonly Exchange[]) => void} dependencies.onChange
 */
export function createExchangeLog({ fetch, now, exchanges, onChange }) {
  let kept = exchanges;

  /** @param {Omit<Exchange, 'number'>} exchange */
  function record(exchange) {
    const number = (kept.at(-1)?.number ?? 0) + 1;
    kept = [...kept, { number, ...exchange }].slice(-keptExchanges);
    onChange(kept);
  }

  return {
    /**
     * Returns a `fetch` that records each exchange.
     *
     * @param {Purpose} purpose
     * @returns {(address: string, options: Request) => Promise<Response>}
     */
    fetchFor(purpose) {
      return async (address, options) => {
        const started = now().getTime();
        const request = describeRequest(address, options);
        try {
          const response = await fetch(address, options);
          const body = await readBody(response.clone());
          const durationMs = now().getTime() - started;
          record({
            at: started,
            kind: 'request',
            ...purpose,
            ...request,
            status: response.status,
            durationMs,
            body,
          });
          return response;
        } catch (error) {
          record({ at: started, kind: 'request', ...purpose, ...request, failure: String(error) });
          throw error;
        }
      };
    },

    /**
     * Records that the browser is redirected to the provider, or came back from it.
     *
     * @param {'leave' | 'return'} kind
     * @param {Purpose} purpose
     * @param {URL} address
     */
    navigate(kind, purpose, address) {
      record({
        at: now().getTime(),
        kind,
        ...purpose,
        method: 'GET',
        address: bare(address),
        parameters: readQuery(address),
      });
    },
  };
}

/** @typedef {ReturnType<typeof createExchangeLog>} ExchangeLog */

/**
 * @param {string} value
 * @returns {string} enough to recognize the value, too little to use it
 */
export function shorten(value) {
  if (value.length <= 12) return '…';
  return `${value.slice(0, 6)}…${value.slice(-4)} (${value.length} characters)`;
}

/**
 * @param {string} address
 * @param {Request} options
 */
function describeRequest(address, { method, body, headers }) {
  const url = new URL(address);
  const parameters = [...readQuery(url)];
  if (body instanceof URLSearchParams) parameters.push(...shortenAll(body));
  const authorization = new Headers(headers).get('authorization');
  if (authorization) {
    const [scheme = '', token = ''] = authorization.split(' ');
    parameters.push(['Authorization', `${scheme} ${shorten(token)}`]);
  }
  return { method, address: bare(url), parameters };
}

/** @param {URL} address */
function readQuery(address) {
  return shortenAll(address.searchParams);
}

/**
 * @param {URLSearchParams} parameters
 * @returns {(readonly [string, string])[]}
 */
function shortenAll(parameters) {
  return [...parameters].map(([name, value]) => [
    name,
    secretNames.has(name) ? shorten(value) : value,
  ]);
}

/** @param {URL} address */
function bare(address) {
  return address.origin + address.pathname;
}

/**
 * @param {Response} response
 * @returns {Promise<unknown>}
 */
async function readBody(response) {
  const text = await response.text();
  if (text === '') return undefined;
  try {
    return JSON.parse(text, (name, value) =>
      secretNames.has(name) && typeof value === 'string' ? shorten(value) : value,
    );
  } catch {
    return text.slice(0, 2000);
  }
}

// Authorization requests of one browser, sent with and without the fast path, and what must be equal in
// their responses: everything but random values, and times that differ by no more than the two requests.
import assert from 'node:assert/strict';
import { comparable } from '#test/support/fast-path/comparable.ts';
import type { RawRequest, RawResponse, TwoWays } from '#test/support/fast-path/two-ways.ts';

/** What precedes random values in a URL, a cookie or a form. */
const places = [
  '[?&;#](?:code|posted_request)=',
  'name="code" value="',
  '(?:interaction|resume)(?:\\.sig)?=',
  '/(?:interaction|authorize)/',
];
const random = new RegExp(`(${places.join('|')})[\\w-]{20,}`, 'g');
const posted = /(-posted-)[\w-]{8}((?:\.sig)?=)[\w-]{43}/g;
const signed = /([?&;#]response=)[\w-]+\.[\w-]+\.[\w-]+/g;
const date = /\b\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT/g;
const epoch = 'Thu, 01 Jan 1970 00:00:00 GMT';

/** A response without random values, and the times in it. */
export function comparableNavigation({ status, headers, text }: RawResponse) {
  const times: number[] = [];
  const simplify = (value: string) =>
    value
      .replaceAll(random, '$1random')
      .replaceAll(posted, '$1random$2random')
      .replaceAll(signed, '$1signed')
      .replaceAll(date, (found) => {
        if (found === epoch) return found;
        times.push(Date.parse(found));
        return 'a time';
      });
  const sent = headers
    .filter(([name]) => name.toLowerCase() !== 'date')
    .map(([name, value]) => [name, simplify(value)] as const);
  const length = Buffer.byteLength(text);
  const counted = sent.map(([name, value]) => {
    const isRight = name.toLowerCase() === 'content-length' && value === String(length);
    return [name, isRight ? 'of the body' : value] as const;
  });
  return { ...comparable({ status, headers: counted, text: simplify(text) }), times };
}

export interface Answered {
  readonly fast: RawResponse;
  readonly engine: RawResponse;
  /** True if the fast path answered without the middleware. */
  readonly isDirect: boolean;
}

/** Sends the request both ways, and asserts that the responses are equal. */
export async function compareNavigations(
  ways: TwoWays,
  name: string,
  request: RawRequest,
): Promise<Answered> {
  const begun = Date.now();
  const known = ways.count('authorization', 'direct');
  const fast = await ways.send('fast', request);
  const isDirect = ways.count('authorization', 'direct') > known;
  const engine = await ways.send('engine', request);
  assertEqual({ fast, engine, milliseconds: Date.now() - begun }, name);
  if (isDirect) assert.match(locationOf(fast), /[?&]code=/, `${name}: direct without a code`);
  return { fast, engine, isDirect };
}

interface Pair {
  readonly fast: RawResponse;
  readonly engine: RawResponse;
  /** The time between the first request and the second response. */
  readonly milliseconds: number;
}

function assertEqual({ fast, engine, milliseconds }: Pair, name: string): void {
  const { times: fastTimes, ...fastRest } = comparableNavigation(fast);
  const { times: engineTimes, ...engineRest } = comparableNavigation(engine);
  assert.deepEqual(fastRest, engineRest, name);
  for (const [at, time] of fastTimes.entries()) {
    const difference = Math.abs(time - (engineTimes[at] ?? 0));
    assert.ok(difference <= milliseconds + 1500, `${name}: times differ by ${difference} ms`);
  }
}

export function locationOf({ headers }: RawResponse): string {
  return headers.find(([name]) => name.toLowerCase() === 'location')?.[1] ?? '';
}

/** The code that the browser takes to the client. */
export function codeOf(response: RawResponse): string {
  return URL.parse(locationOf(response))?.searchParams.get('code') ?? '';
}

/** Where the browser goes, in one word. */
export function destinationOf(sent: RawResponse): string {
  const location = locationOf(sent);
  if (location === '') return `page ${sent.status}`;
  if (location.includes('/interaction/')) return 'interaction';
  return /[?&#]error=(\w+)/.exec(location)?.[1] ?? (codeOf(sent) === '' ? 'redirect' : 'code');
}

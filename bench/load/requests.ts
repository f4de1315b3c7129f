// Requests as text, and checks of their responses. A wrong response ends the run: an error costs less than
// a success and must not be measured.
import { headersOf, type Answer } from './connection.ts';

export type Fields = Readonly<Record<string, string>>;

export function get(host: string, path: string, headers: Fields = {}): string {
  return `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${linesOf(headers)}\r\n`;
}

export function post(
  host: string,
  path: string,
  fields: Fields,
  authorization: string,
  headers: Fields = {},
): string {
  const body = String(new URLSearchParams(fields));
  const all = {
    ...headers,
    ...(authorization === '' ? {} : { authorization }),
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(body.length),
  };
  return `POST ${path} HTTP/1.1\r\nHost: ${host}\r\n${linesOf(all)}\r\n${body}`;
}

function linesOf(headers: Fields): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
}

/** The path and query of the redirect. */
export function pathOf(answer: Answer): string {
  const { pathname, search } = locationOf(answer);
  return pathname + search;
}

/** The code with which the answer sends the browser back to the client. */
export function codeOf(answer: Answer, redirectUri: string): string {
  expectStatus(answer, 303);
  const location = locationOf(answer);
  const code = location.searchParams.get('code');
  check(answer, location.href.startsWith(`${redirectUri}?`) && code !== null);
  return code ?? '';
}

function locationOf(answer: Answer): URL {
  return new URL(headersOf(answer, 'location')[0] ?? '', 'http://localhost');
}

/** The members of a JSON answer with status 200. */
export function membersOf(answer: Answer): Readonly<Record<string, unknown>> {
  expectStatus(answer, 200);
  const value: unknown = JSON.parse(answer.body);
  check(answer, typeof value === 'object' && value !== null);
  return Object.fromEntries(Object.entries(value ?? {}));
}

export function isJwt(value: unknown): boolean {
  return typeof value === 'string' && value.split('.').length === 3;
}

export function expectStatus(answer: Answer, status: number): void {
  const isRedirect = status === 303 && answer.status >= 301 && answer.status <= 303;
  if (answer.status === status || isRedirect) return;
  throw new Error(`${answer.status} instead of ${status}: ${answer.body.slice(0, 500)}`);
}

export function check(answer: Answer, isRight: boolean): void {
  if (!isRight) throw new Error(`Wrong answer: ${answer.head}\n${answer.body.slice(0, 500)}`);
}

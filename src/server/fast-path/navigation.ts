// Recognizes the headers of a browser that follows a link or a redirect. Everything unusual is left to
// the middleware.
import type { IncomingMessage } from 'node:http';
import { createHostCheck } from '#http/middleware/host-validation.ts';
import { maxTargetLength } from '#http/request/request-target.ts';
import { isAnyRepeated } from './recognition.ts';

/** Headers that change the response, or that only the middleware understands. */
const notUnderstood: ReadonlySet<string> = new Set([
  'authorization',
  'content-encoding',
  'content-length',
  'content-type',
  'dpop',
  'expect',
  'origin',
  'transfer-encoding',
  'upgrade',
]);

const visible = /^[\x21-\x7e]*$/;
/** The type that every browser names first. */
const html = /^text\/html(?:,|$)/;

export function createNavigationCheck(issuer: URL) {
  const isOwnHost = createHostCheck(issuer);

  /** True for a request that has cookies, has no body and prefers HTML. */
  return ({ url = '', headers, rawHeaders }: IncomingMessage): boolean => {
    const { cookie, host = '', accept } = headers;
    if (cookie === undefined || url.length > maxTargetLength || !visible.test(url)) return false;
    if (url.includes('#') || !isOwnHost(host) || !prefersHtml(accept)) return false;
    for (const name in headers) if (notUnderstood.has(name)) return false;
    return !isAnyRepeated(rawHeaders);
  };
}

/** True if Koa would choose HTML for the body of a redirect. */
function prefersHtml(accept: string | undefined): boolean {
  return accept === undefined || accept === '*/*' || html.test(accept);
}

// Reads each body once, within limits of size and time, and checks it as strictly as the query. The
// same bytes are then replayed to oidc-provider, which reads the request stream itself.
import type { IncomingMessage } from 'node:http';
import type { UrlAreas } from '#http/url-areas.ts';
import type { Context, Next, RequestBody } from '#http/context.ts';
import { AppError } from '#platform/errors.ts';
import type { BodyCollection } from './body-bytes.ts';
import { replayBody } from '#oidc/patches/request-body.ts';
import { checkDocuments, checkJson } from '#platform/strict-json.ts';
import { multipartType } from './multipart.ts';
import { checkEncoding, readPairs } from './strict-text.ts';

const form = 'application/x-www-form-urlencoded';
const jsonType = /^application\/(?:[\w.-]+\+)?json$/;
const utf8Only = /^charset="?utf-?8"?$/i;

function hasBody(req: IncomingMessage): boolean {
  if (req.headers['transfer-encoding'] !== undefined) return true;
  return Number(req.headers['content-length'] ?? 0) > 0;
}

/**
 * @throws AppError `unsupported_media_type` for a compressed body, which could expand to gigabytes,
 * and for a charset other than UTF-8
 */
function readMediaType(req: IncomingMessage): string {
  const encoding = req.headers['content-encoding'] ?? 'identity';
  const [type = '', ...parameters] = (req.headers['content-type'] ?? '').split(';');
  const charsets = parameters.map((each) => each.trim()).filter((each) => /^charset/i.test(each));
  const isReadable = charsets.length <= 1 && charsets.every((each) => utf8Only.test(each));
  if (encoding.toLowerCase() !== 'identity' || !isReadable)
    throw new AppError('unsupported_media_type', 'The body must be plain UTF-8, not compressed.');
  return type.trim().toLowerCase();
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new AppError('invalid_input', 'The body is not valid UTF-8.', { cause });
  }
}

function checkBody(mediaType: string, bytes: Buffer, mayRepeat: boolean): RequestBody {
  if (mediaType === form) {
    const text = decode(bytes);
    checkEncoding(text);
    const fields = readPairs(text, { mayRepeat });
    checkDocuments(fields);
    return { mediaType, bytes, text, fields };
  }
  if (!jsonType.test(mediaType)) return { mediaType, bytes };
  const text = decode(bytes);
  checkJson(text);
  return { mediaType, bytes, text };
}

/**
 * A parameter sent in both the query and the body would be read differently by different parsers.
 */
function checkOverlap(ctx: Context, { fields }: RequestBody): void {
  if (fields === undefined || ctx.querystring === '') return;
  const names = [...new URLSearchParams(ctx.querystring).keys()];
  if (names.some((name) => fields.has(name)))
    throw new AppError('invalid_input', 'A parameter was sent more than once.');
}

/** Replaces the value of a form field for all later readers, including oidc-provider. */
export function replaceField(ctx: Context, name: string, value: string): void {
  const { body } = ctx.state;
  if (body?.text === undefined || body.fields === undefined) return;
  const parameters = new URLSearchParams(body.text);
  parameters.set(name, value);
  const text = parameters.toString();
  const bytes = Buffer.from(text);
  ctx.state.body = { ...body, text, bytes, fields: new Map(body.fields).set(name, value) };
  // oidc-provider compares Content-Length with the number of bytes it reads.
  ctx.req.headers['content-length'] = String(bytes.length);
  replayBody(ctx.req, bytes);
}

export function createBodyReader({
  addresses,
  collect,
}: {
  addresses: UrlAreas;
  collect: BodyCollection;
}) {
  return async function readBody(ctx: Context, next: Next): Promise<unknown> {
    if (!hasBody(ctx.req)) return next();
    const mediaType = readMediaType(ctx.req);
    if (mediaType === multipartType && addresses.takesFiles(ctx.path)) return next();
    const bytes = await collect(ctx.req);
    const body = checkBody(mediaType, bytes, addresses.areaOf(ctx.path) === 'protocol');
    checkOverlap(ctx, body);
    ctx.state.body = body;
    replayBody(ctx.req, bytes);
    return next();
  };
}

// Responses with the content of a file: compressed for browsers that accept it, and revalidated by its
// ETag. Who may read it, and for how long it may be cached, is decided by the caller.
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Context } from '#http/context.ts';
import { sha256Text } from '#platform/crypto/hashing.ts';

/** Types that gzip reduces; most image formats are already compressed. */
const compressible = /^(?:text\/|application\/json|image\/svg)/;
const gzipBytes = promisify(gzip);

export interface FileContent {
  readonly bytes: Buffer;
  readonly type: string;
  readonly etag: string;
  /** The gzip-compressed bytes, computed on first use; `undefined` if they are not smaller. */
  readonly gzipped: () => Promise<Buffer | undefined>;
}

export function describeFile(bytes: Buffer, type: string): FileContent {
  const etag = `"${sha256Text(bytes).slice(0, 22)}"`;
  return { bytes, type, etag, gzipped: gzipOnce(bytes, type) };
}

function gzipOnce(bytes: Buffer, type: string): FileContent['gzipped'] {
  let gzipped: Promise<Buffer | undefined> | undefined;
  return () => {
    if (!compressible.test(type)) return Promise.resolve(undefined);
    gzipped ??= gzipBytes(bytes, { level: 9 }).then((it) =>
      it.length < bytes.length ? it : undefined,
    );
    return gzipped;
  };
}

export async function sendFile(
  ctx: Context,
  file: FileContent,
  cacheControl: string,
  status = 200,
): Promise<void> {
  ctx.status = status;
  ctx.set('Cache-Control', cacheControl);
  ctx.set('Vary', 'Accept-Encoding');
  ctx.set('Content-Type', file.type);
  const gzipped =
    ctx.acceptsEncodings('gzip', 'identity') === 'gzip' ? await file.gzipped() : undefined;
  if (gzipped) ctx.set('Content-Encoding', 'gzip');
  ctx.set('ETag', gzipped ? file.etag.replace(/"$/, '-gzip"') : file.etag);
  if (status === 200 && ctx.fresh) ctx.status = 304;
  else ctx.body = gzipped ?? file.bytes;
}

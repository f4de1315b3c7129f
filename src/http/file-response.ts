// Responses with the content of a file: compressed for browsers that accept it, and revalidated by its
// ETag. Who may read it, and for how long it may be cached, is decided by the caller.
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Context } from '#http/context.ts';
import { sha256Text } from '#platform/crypto/hashing.ts';

/** Types that compression reduces; most image formats are already compressed. */
const compressible = /^(?:text\/|application\/json|image\/svg)/;
const gzipBytes = promisify(gzip);
const brotliBytes = promisify(brotliCompress);
/** Larger files take more than a tenth of a second at Brotli's best quality. */
const maxBestBytes = 128 * 1024;
const usualQuality = 5;

/** In order of preference. */
const encodings = ['br', 'gzip'] as const;
type Encoding = (typeof encodings)[number];

export interface FileContent {
  readonly bytes: Buffer;
  readonly type: string;
  readonly etag: string;
  /** The compressed bytes, computed on first use; `undefined` if they are not smaller. */
  readonly compressed: (encoding: Encoding) => Promise<Buffer | undefined>;
}

export function describeFile(bytes: Buffer, type: string): FileContent {
  const etag = `"${sha256Text(bytes).slice(0, 22)}"`;
  return { bytes, type, etag, compressed: compressOnce(bytes, type) };
}

function compressOnce(bytes: Buffer, type: string): FileContent['compressed'] {
  const known = new Map<Encoding, Promise<Buffer | undefined>>();
  return (encoding) => {
    if (!compressible.test(type)) return Promise.resolve(undefined);
    const compressed = known.get(encoding) ?? compress[encoding](bytes).then(ifSmaller);
    known.set(encoding, compressed);
    return compressed;
  };

  function ifSmaller(it: Buffer): Buffer | undefined {
    return it.length < bytes.length ? it : undefined;
  }
}

const compress: Readonly<Record<Encoding, (bytes: Buffer) => Promise<Buffer>>> = {
  br: (bytes) =>
    brotliBytes(bytes, {
      params: {
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
        [constants.BROTLI_PARAM_QUALITY]:
          bytes.length > maxBestBytes ? usualQuality : constants.BROTLI_MAX_QUALITY,
      },
    }),
  gzip: (bytes) => gzipBytes(bytes, { level: 9 }),
};

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
  // Koa would prefer what the client names first, and browsers name gzip first.
  const encoding = encodings.find((each) => ctx.acceptsEncodings(each) === each);
  const compressed = encoding && (await file.compressed(encoding));
  if (encoding && compressed) ctx.set('Content-Encoding', encoding);
  ctx.set('ETag', compressed ? file.etag.replace(/"$/, `-${encoding}"`) : file.etag);
  if (status === 200 && ctx.fresh) ctx.status = 304;
  else ctx.body = compressed ?? file.bytes;
}

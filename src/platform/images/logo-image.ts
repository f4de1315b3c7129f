// Prepares a logo that another site serves: a raster image is decoded, reduced and encoded again, an
// SVG image is kept as it is. Browsers run no script in an image, and the policy of the response
// covers an SVG file that is opened by itself.
import { imageFormatOf } from './image-format.ts';
import { loadImageLibrary, openImage } from './image-library.ts';

const limits = { maxPixels: 16_000_000, timeSeconds: 10 } as const;
/** Pages show 48 CSS pixels, and displays have up to three pixels for each. */
const sidePixels = 144;
const maxImageBytes = 128 * 1024;
const svgMediaType = 'image/svg+xml';
/** Matches after a declaration, comments and a document type, none of which is long. */
const svgStart = /^\uFEFF?\s*<(?:\?xml|!--|!DOCTYPE svg|svg)[\s>-]/;

export interface LogoImage {
  readonly mediaType: 'image/webp' | 'image/svg+xml';
  readonly bytes: Buffer;
}

/** `undefined`: the file is not an image of an accepted format and size. */
export async function makeLogoImage(
  bytes: Buffer,
  contentType: string,
): Promise<LogoImage | undefined> {
  if (contentType.split(';')[0]?.trim() === svgMediaType) return keepSvg(bytes);
  if (imageFormatOf(bytes) === undefined) return undefined;
  const sharp = await loadImageLibrary();
  // The library throws plain errors for input that it cannot decode.
  const encoded = await openImage(sharp, bytes, limits)
    .autoOrient()
    .resize(sidePixels, sidePixels, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 90 })
    .toBuffer()
    .catch(() => undefined);
  return encoded && { mediaType: 'image/webp', bytes: encoded };
}

function keepSvg(bytes: Buffer): LogoImage | undefined {
  const text = bytes.toString('utf8');
  const isSvg = bytes.length <= maxImageBytes && svgStart.test(text) && text.includes('<svg');
  return isSvg ? { mediaType: svgMediaType, bytes } : undefined;
}

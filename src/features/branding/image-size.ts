// Width and height of an image in pixels, from the header of the file. A small file may contain a
// picture that no browser can show, and a file that was cut off often still has its first bytes.
import type { ImageType } from './image-type.ts';

export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

const readers: Readonly<Record<string, (bytes: Buffer) => ImageSize | undefined>> = {
  png: readPng,
  jpg: readJpeg,
  webp: readWebp,
};

/** True if the header of this type contains the size in pixels. */
export function hasPixels({ extension }: ImageType): boolean {
  return extension in readers;
}

/** Returns `undefined` if the header is damaged. */
export function readImageSize(bytes: Buffer, { extension }: ImageType): ImageSize | undefined {
  try {
    const size = readers[extension]?.(bytes);
    return size && size.width > 0 && size.height > 0 ? size : undefined;
  } catch (error) {
    // Reading beyond the end of the file.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function readPng(bytes: Buffer): ImageSize | undefined {
  if (bytes.toString('latin1', 12, 16) !== 'IHDR') return undefined;
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

/** The first frame header (SOF) among the segments of the file; DHT, JPG and DAC have similar numbers. */
function readJpeg(bytes: Buffer): ImageSize | undefined {
  let at = 2;
  while (bytes.readUInt8(at) === 0xff) {
    const marker = bytes.readUInt8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}

/** The three forms of a WebP file: lossy, lossless, and extended. */
function readWebp(bytes: Buffer): ImageSize | undefined {
  const form = bytes.toString('latin1', 12, 16);
  if (form === 'VP8 ') {
    return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
  }
  if (form === 'VP8L') {
    const bits = bytes.readUInt32LE(21);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (form !== 'VP8X') return undefined;
  return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
}

// Recognizes the formats of uploaded pictures by their first bytes. The name and the media type that
// a browser sends are not trusted, and no decoder sees a file of another format.

const formats = ['jpeg', 'png', 'webp', 'gif'] as const;
export type ImageFormat = (typeof formats)[number];

export const imageMediaTypes = formats.map((format) => `image/${format}`);

/** The first bytes of a file, in Latin-1; in WebP, a length of four bytes lies between the two parts. */
const signatures: Readonly<Record<ImageFormat, readonly (readonly [at: number, text: string])[]>> =
  {
    jpeg: [[0, '\xff\xd8\xff']],
    png: [[0, '\x89PNG\r\n\x1a\n']],
    webp: [
      [0, 'RIFF'],
      [8, 'WEBP'],
    ],
    gif: [[0, 'GIF8']],
  };

export function imageFormatOf(bytes: Uint8Array): ImageFormat | undefined {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 16));
  const text = start.toString('latin1');
  return formats.find((format) =>
    signatures[format].every(([at, part]) => text.startsWith(part, at)),
  );
}

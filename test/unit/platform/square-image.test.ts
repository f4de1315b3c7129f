// Uploaded pictures: recognized by their bytes, within limits of size, cropped, without metadata.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { createSquareImages, imageLimits, squareSizes } from '#platform/images/square-image.ts';
import { isAppError } from '#platform/errors.ts';
import { aPicture } from '#test/support/steps/pictures.ts';

const images = createSquareImages();

async function make(bytes: Buffer) {
  const made = await images.make(bytes);
  assert.ok(made.ok, JSON.stringify(made));
  return made.image;
}

/** A PNG file whose header declares any size; its one byte of data ends early. */
function declaringPng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(1))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

describe('square image', () => {
  for (const format of ['png', 'jpeg', 'webp', 'gif'] as const) {
    it(`is a JPEG file in two sizes, made from ${format}`, async () => {
      const { large, small } = await make(await aPicture({ format }));

      for (const [bytes, { sidePixels, maxBytes }] of [
        [large, squareSizes.large],
        [small, squareSizes.small],
      ] as const) {
        const { format: made, width, height } = await sharp(bytes).metadata();
        assert.deepEqual([made, width, height], ['jpeg', sidePixels, sidePixels]);
        assert.ok(bytes.length <= maxBytes);
      }
    });
  }

  it('contains no metadata, such as the place where a photo was taken', async () => {
    const exif = { IFD0: { Copyright: 'Ann' }, IFD3: { GPSLatitude: '52/1 31/1 0/1' } };
    const photo = await sharp(await aPicture())
      .jpeg()
      .withExif(exif)
      .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/">Ann</x:xmpmeta>')
      .toBuffer();
    assert.ok((await sharp(photo).metadata()).exif);

    const { large, small } = await make(photo);

    for (const bytes of [large, small]) {
      const { exif: left, xmp, icc, iptc } = await sharp(bytes).metadata();
      assert.deepEqual([left, xmp, icc, iptc], [undefined, undefined, undefined, undefined]);
      assert.equal(bytes.includes('Ann'), false);
    }
  });

  it('is upright, whatever orientation the camera recorded', async () => {
    const left = await aPicture({ width: 100, height: 200, background: '#ff0000' });
    const sideways = await sharp(await aPicture({ width: 200, height: 200, background: '#0000ff' }))
      .composite([{ input: left, left: 0, top: 0 }])
      .jpeg()
      .withMetadata({ orientation: 6 })
      .toBuffer();

    const { small } = await make(sideways);

    const top = await sharp(small)
      .extract({ left: 64, top: 10, width: 1, height: 1 })
      .raw()
      .toBuffer();
    assert.ok((top[0] ?? 0) > 200 && (top[2] ?? 0) < 60, 'the left half is on top');
  });

  it('shows transparent parts in white, and the first frame of an animation', async () => {
    const clear = { width: 120, height: 120, channels: 4, background: '#ffffff00' } as const;
    const { small } = await make(await sharp({ create: clear }).png().toBuffer());
    assert.deepEqual([...(await sharp(small).raw().toBuffer()).subarray(0, 3)], [255, 255, 255]);

    const frames = [
      await aPicture({ background: '#00ff00' }),
      await aPicture({ background: '#ff0000' }),
    ];
    const animation = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    const { small: first } = await make(animation);
    const [red = 0, green = 0] = await sharp(first).raw().toBuffer();
    assert.ok(green > 200 && red < 60);
  });

  it('stays within its bytes for noise, the worst case', async () => {
    const noise = { type: 'gaussian', mean: 128, sigma: 100 } as const;
    const create = { width: 600, height: 600, channels: 3, background: '#000000', noise } as const;
    const { large, small } = await make(await sharp({ create }).png().toBuffer());

    assert.ok(large.length <= squareSizes.large.maxBytes, String(large.length));
    assert.ok(small.length <= squareSizes.small.maxBytes, String(small.length));
  });

  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200"/>';
  const others = { SVG: svg, HTML: '<!doctype html>', TIFF: 'II*\0', PDF: '%PDF-1.7', nothing: '' };
  for (const [name, text] of Object.entries(others)) {
    it(`refuses ${name} by its first bytes`, async () => {
      assert.deepEqual(await images.make(Buffer.from(text)), { ok: false, reason: 'format' });
    });
  }

  it('refuses a file that declares too many pixels, before it decodes them', async () => {
    const side = imageLimits.maxSidePixels;
    const sizes = [
      [side, side],
      [60_000, 60_000],
      [side + 1, 200],
      [imageLimits.minSidePixels - 1, 200],
    ] as const;
    for (const [width, height] of sizes) {
      const made = await images.make(declaringPng(width, height));
      assert.equal(made.ok ? '' : made.reason, 'size', `${width} x ${height}`);
    }
  });

  it('refuses a file that ends early', async () => {
    const whole = await aPicture({ width: 800, height: 800, format: 'jpeg' });
    const made = await images.make(whole.subarray(0, whole.length / 2));
    assert.deepEqual(made, { ok: false, reason: 'broken' });
    const declared = await images.make(declaringPng(500, 500));
    assert.deepEqual(declared, { ok: false, reason: 'broken' });
  });

  it('refuses more pictures at once than may wait', async () => {
    const own = createSquareImages();
    const picture = await aPicture();
    const made = Array.from({ length: imageLimits.maxWaiting + 3 }, () => own.make(picture));
    const results = await Promise.allSettled(made);

    const refused = results.filter(({ status }) => status === 'rejected');
    assert.equal(refused.length, 3);
    for (const each of refused)
      assert.ok(each.status === 'rejected' && isAppError(each.reason, 'overloaded'));
    assert.ok((await own.make(picture)).ok, 'a later one is accepted');
  });
});

// The files of the brand: refusals, and the icons derived from them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readConfig } from '#config/config.ts';
import type { Brand } from '#features/branding/brand.ts';
import { readImageSize } from '#features/branding/image-size.ts';
import { recognizeImage } from '#features/branding/image-type.ts';
import { loadBrand } from '#features/branding/load-brand.service.ts';
import { dataUrl, markSvg, png, sampleBrand } from '#test/support/data/brand.ts';

async function load(value: unknown): Promise<Brand> {
  const brand = await loadBrand(readConfig({ BRANDING: JSON.stringify(value) }));
  return brand ?? assert.fail('no brand');
}

describe('the files of the brand', () => {
  const fault = async (value: unknown) =>
    load(value).then(
      () => 'none',
      ({ message }: Error) => message.split('\n').slice(1).join(),
    );
  const header = (width: number, height: number) => {
    const bytes = Buffer.from(png);
    bytes.writeUInt32BE(width, 16);
    bytes.writeUInt32BE(height, 20);
    return dataUrl(bytes);
  };

  it('are refused with too many pixels, and if an icon is not square', async () => {
    assert.match(
      await fault({ logo: header(6000, 80) }),
      /more than 4096 pixels on a side, and has 6000 by 80/,
    );
    assert.match(
      await fault({ mark: header(400, 100) }),
      /mark\.light must be square, and has 400 by 100/,
    );
    assert.match(await fault({ touch_icon: header(180, 181) }), /touch_icon must be square/);
    assert.equal(await fault({ logo: header(400, 100) }), 'none');
  });

  it('are refused if they are damaged, or SVG that browsers do not show as an image', async () => {
    assert.match(
      await fault({ logo: dataUrl(png.subarray(0, 14)) }),
      /logo\.light is a damaged png file/,
    );
    assert.match(
      await fault({ logo: dataUrl(Buffer.from('ffd8ffe0', 'hex')) }),
      /damaged jpg file/,
    );
    assert.match(await fault({ logo: dataUrl('RIFF\0\0\0\0WEBPVP8 ') }), /damaged webp file/);
    assert.match(await fault({ logo: dataUrl(markSvg.slice(0, -7)) }), /incomplete svg file/);
    assert.match(
      await fault({ logo: dataUrl('<svg viewBox="0 0 1 1"></svg>') }),
      /must have xmlns=/,
    );
  });

  it('include a drawn icon for a logo without a mark', async () => {
    const { favicon, icons } = await load({
      logo: sampleBrand.logo,
      product_name: '& Co',
      accent: '#5b3fd6',
    });

    assert.equal(favicon?.mediaType, 'image/svg+xml');
    assert.match(favicon.bytes.toString(), /fill="#5b3fd6".*>&amp;<\/text><\/svg>$/);
    assert.equal(icons.length, 1);
    assert.deepEqual((await load({ accent: '#5b3fd6' })).icons, []);
  });

  it('include the touch icon or a mark in pixels for mails, otherwise no picture', async () => {
    const logoOf = async (value: unknown) => (await load(value)).mail?.logo;
    const picture = { cid: 'logo', contentType: 'image/png', base64: png.toString('base64') };

    assert.deepEqual(await logoOf({ mark: dataUrl(markSvg), touch_icon: dataUrl(png) }), picture);
    assert.deepEqual(await logoOf({ mark: dataUrl(png) }), picture);
    assert.equal(await logoOf({ mark: dataUrl(markSvg) }), 'none');
    assert.equal(await logoOf({ accent: '#5b3fd6' }), 'none');
    assert.equal(await logoOf({ font: 'serif' }), 'standard');
  });
});

describe('readImageSize', () => {
  it('reads the header of each format', () => {
    const lossy = Buffer.alloc(30);
    lossy.write('VP8 ', 12);
    lossy.writeUInt16LE(640, 26);
    lossy.writeUInt16LE(360, 28);
    const lossless = Buffer.alloc(25);
    lossless.write('VP8L', 12);
    lossless.writeUInt32LE((640 - 1) | ((360 - 1) << 14), 21);
    const extended = Buffer.alloc(30);
    extended.write('VP8X', 12);
    extended.writeUIntLE(639, 24, 3);
    extended.writeUIntLE(359, 27, 3);
    const jpeg = Buffer.from('ffd8ffe000041234ffc2000b080168028003', 'hex');
    const size = { width: 640, height: 360 };

    for (const bytes of [lossy, lossless, extended]) {
      assert.deepEqual(readImageSize(bytes, { extension: 'webp', mediaType: 'image/webp' }), size);
    }
    assert.deepEqual(readImageSize(jpeg, { extension: 'jpg', mediaType: 'image/jpeg' }), size);
  });
});

describe('recognizeImage', () => {
  it('recognizes images by their first bytes', () => {
    const types = [
      ['svg', markSvg],
      ['svg', `<?xml version="1.0"?>\n<!-- made by hand -->\n${markSvg}`],
      ['png', png],
      ['jpg', Buffer.from('ffd8ffe0', 'hex')],
      ['webp', 'RIFF\0\0\0\0WEBPVP8 '],
      ['ico', Buffer.from('00000100', 'hex')],
      [undefined, '<!doctype html><svg>'],
      [undefined, 'GIF89a'],
      [undefined, ''],
    ] as const;
    for (const [extension, bytes] of types) {
      assert.equal(recognizeImage(Buffer.from(bytes))?.extension, extension);
    }
  });
});

// The brand: readable palettes for any accent, its style sheet, its files and their limits.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { readConfig } from '#config/config.ts';
import { standardGrounds } from '#core/clients/client-theme.ts';
import type { Brand } from '#features/branding/brand.ts';
import { createPalettes } from '#features/branding/brand-palette.ts';
import {
  sketchBrand,
  standardColors,
  styleOfSketch,
} from '#features/branding/stored/brand-sketch.ts';
import { loadBrand } from '#features/branding/load-brand.service.ts';
import { contrastOf, luminanceOf, parseColor } from '#platform/colors.ts';
import { dataUrl, markSvg, png, sampleBrand } from '#test/support/data/brand.ts';

const accents = ['#5b3fd6', '#000000', '#0b57d0', '#a2261e', '#005f40', '#7a1fa2', '#826800'];

async function load(value: unknown, issuer = 'https://id.example.org'): Promise<Brand> {
  const { branding, productName } = readConfig({ BRANDING: JSON.stringify(value) });
  const brand = await loadBrand({ branding, productName, issuerUrl: new URL(issuer) });
  return brand ?? assert.fail('no brand');
}

function styleOf(brand: Brand): string {
  return brand.files.get('style.css')?.bytes.toString() ?? '';
}

function contrast(one: string, other: string): number {
  return contrastOf(parseColor(one), parseColor(other));
}

async function aFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'brand-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

describe('the preview of a brand without colors', () => {
  it('has the colors of the pages', async () => {
    const pages = await readFile('public/styles/pages/type.css', 'utf8');
    const { light, dark } = standardColors;
    const parts = [
      ['ground', 'ground'],
      ['card', 'card'],
      ['soft-ink', 'softInk'],
      ['accent', 'accent'],
      ['on-accent', 'onAccent'],
    ] as const;

    for (const [name, part] of parts) {
      const rule = `--${name}: light-dark(${light[part]}, ${dark[part]});`;
      assert.ok(pages.includes(rule), rule);
    }
    assert.equal(styleOfSketch({}, false), '');
    assert.equal(sketchBrand({}).sketches[0]?.background, light.ground);
  });
});

describe('createPalettes', () => {
  it('has sufficient contrast for every text, in both color schemes, for any accent', () => {
    for (const light of accents) {
      const faults: string[] = [];
      const palettes = createPalettes(
        { accent: { light, dark: undefined }, background: undefined },
        faults,
      );
      assert.deepEqual(faults, []);
      for (const scheme of ['light', 'dark'] as const) {
        const palette = palettes?.[scheme] ?? assert.fail('no palette');
        for (const ground of [palette.card, palette.ground, palette.tint]) {
          assert.ok(contrast(palette.ink, ground) >= 4.5, `${light} ${scheme} text`);
          assert.ok(contrast(palette.accent, ground) >= 4.5, `${light} ${scheme} accent`);
          assert.ok(contrast(palette.softInk, ground) >= 4.5, `${light} ${scheme} soft text`);
        }
        assert.ok(contrast(palette.onAccent, palette.accent) >= 4.5, `${light} ${scheme} button`);
        assert.ok(contrast(palette.edge, palette.card) >= 3, `${light} ${scheme} border`);
      }
    }
  });

  it('has backgrounds on which the themes of clients are as readable as on the standard ones', () => {
    const luminance = (color: string) => luminanceOf(parseColor(color));
    for (const light of accents) {
      const accent = { light, dark: '#ffffff' };
      const palettes = createPalettes({ accent, background: undefined }, []);
      assert.ok(palettes);
      const standard = standardGrounds;
      assert.ok(luminance(palettes.light.ground) >= luminance(standard.light.ground), light);
      assert.ok(luminance(palettes.light.card) >= luminance(standard.light.card), light);
      assert.ok(luminance(palettes.dark.ground) <= luminance(standard.dark.ground), light);
      assert.ok(luminance(palettes.dark.card) <= luminance(standard.dark.card), light);
    }
  });
});

describe('loadBrand', () => {
  it('returns nothing without the setting', async () => {
    const issuerUrl = new URL('https://id.example.org');

    assert.equal(await loadBrand({ issuerUrl, productName: 'Ostiary' }), undefined);
  });

  it('serves images below the path of the issuer, with a version that follows the content', async () => {
    const brand = await load(sampleBrand, 'https://example.org/id');
    const other = await load({ ...sampleBrand, mark: dataUrl(png, 'image/png') });

    assert.match(brand.mark?.light ?? '', /^\/id\/auth\/brand\/mark\.svg\?v=[\w-]{16}$/);
    assert.match(other.mark?.light ?? '', /^\/auth\/brand\/mark\.png\?v=[\w-]{16}$/);
    assert.match(brand.logo?.dark ?? '', /logo-dark\.svg/);
    assert.equal(brand.files.get('mark.svg')?.bytes.toString(), markSvg);
  });

  it('uses the mark as the icon unless there is another', async () => {
    const withMark = await load(sampleBrand);
    const withIcon = await load({
      ...sampleBrand,
      favicon: dataUrl(png),
      touch_icon: dataUrl(png),
    });

    assert.equal(withMark.favicon?.name, 'mark.svg');
    assert.deepEqual(
      withIcon.icons.map(({ rel, type }) => [rel, type]),
      [
        ['icon', 'image/png'],
        ['apple-touch-icon', 'image/png'],
      ],
    );
  });

  it('reads files, and recognizes images by their content', async (t) => {
    const folder = await aFolder(t);
    const path = join(folder, 'logo.txt');
    await writeFile(path, png);
    const brand = await load({ logo: path });

    assert.equal(brand.files.get('logo.png')?.mediaType, 'image/png');
  });

  it('reports missing, empty, large and wrong files and unreadable colors at once', async (t) => {
    const folder = await aFolder(t);
    const [empty, large, page] = ['empty', 'large', 'page'].map((name) => join(folder, name));
    assert.ok(empty && large && page);
    await writeFile(empty, '');
    await writeFile(large, Buffer.alloc(300 * 1024));
    await writeFile(page, '<!doctype html><script>alert(1)</script><svg>');
    const loading = load({
      logo: { light: join(folder, 'missing.svg'), dark: large },
      mark: page,
      favicon: empty,
      stylesheet: dataUrl(Buffer.from([0xff, 0xfe]), 'text/css'),
      accent: '#ffcc00',
    });

    await assert.rejects(loading, ({ message }: Error) => {
      assert.match(message, /^BRANDING is invalid:\n/);
      assert.match(
        message,
        /- BRANDING: logo\.light cannot be read from ".*missing\.svg" \(ENOENT\)/,
      );
      assert.match(message, /- BRANDING: logo\.dark must not be larger than 256 KiB\./);
      assert.match(
        message,
        /- BRANDING: mark\.light must be an image of type svg, png, jpg, webp\./,
      );
      assert.match(message, /- BRANDING: favicon is empty\./);
      assert.match(message, /- BRANDING: stylesheet must be a style sheet in UTF-8\./);
      assert.match(message, /- BRANDING: accent\.light #ffcc00 has a contrast of 1\.\d:1 on light/);
      return true;
    });
  });

  it('refuses a background on which text is unreadable', async () => {
    await assert.rejects(
      load({ background: { light: '#5b3fd6', dark: '#101014' } }),
      /background\.light #5b3fd6 has a contrast of \d\.\d:1 .* choose a lighter color/,
    );
    const brand = await load({ background: { light: '#fff8ee', dark: '#101014' } });
    assert.match(styleOf(brand), /--ground:light-dark\(#fff8ee,#101014\)/);
    assert.equal(brand.themeColors?.dark, '#101014');
  });

  it('generates a style sheet without anything but declarations', async () => {
    const brand = await load({ ...sampleBrand, background_image: dataUrl(png) });
    const style = styleOf(brand);

    assert.match(style, /--accent:light-dark\(#5b3fd6,#[0-9a-f]{6}\)/);
    assert.match(style, /--mark:light-dark\(#5b3fd6,/);
    assert.match(style, /--text:Seravek/);
    assert.match(style, /url\('\/auth\/brand\/background-image\.png\?v=[\w-]{16}'\)/);
    assert.doesNotMatch(style, /<|@import|https?:/);
  });

  it('can name the font that pages have without it', async () => {
    const brand = await load({ font: 'inter' });
    const own = await readFile(
      new URL('../../../public/styles/pages/type.css', import.meta.url),
      'utf8',
    );
    const [, system = ''] = /--system:([^;]+);/.exec(own) ?? [];
    const [, text = ''] = /--text:([^;]+);/.exec(own) ?? [];
    const plain = (fonts: string) => fonts.replaceAll(/\s+/g, '');

    const [, chosen = ''] = /--text:([^;}]+)/.exec(styleOf(brand)) ?? [];

    assert.equal(plain(chosen), plain(text.replace('var(--system)', system)));
    assert.equal(brand.hasTextFont, true);
    assert.equal((await load({ font: 'system' })).hasTextFont, false);
  });

  it('has no style sheet if it changes neither color nor font', async () => {
    const brand = await load({ links: sampleBrand.links });

    assert.equal(brand.stylesheet, undefined);
    assert.equal(brand.hasTextFont, true);
    assert.deepEqual(
      brand.links.map(({ label }) => label),
      ['brand.privacy', 'brand.terms', 'brand.imprint', 'brand.support'],
    );
  });
});

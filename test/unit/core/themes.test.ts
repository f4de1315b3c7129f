// Client themes: readable colors, and the palettes derived from them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { paletteOf, readTheme } from '#core/clients/client-theme.ts';
import { contrastOf } from '#platform/colors.ts';

function faultOf(value: unknown): string {
  const read = readTheme(value);
  assert.ok(!read.ok, JSON.stringify(value));
  return read.fault;
}

/** The WCAG contrast ratio, 1 to 21. */
function contrast(one: string, other: string): number {
  const parse = (text: string) => {
    const at = (start: number) => Number.parseInt(text.slice(start, start + 2), 16);
    return [at(1), at(3), at(5)] as const;
  };
  return contrastOf(parse(one), parse(other));
}

describe('contrast', () => {
  it('is the WCAG contrast ratio', () => {
    assert.equal(contrast('#000000', '#ffffff'), 21);
    assert.equal(contrast('#123456', '#123456'), 1);
    // #767676 is the lightest grey with sufficient contrast on white.
    assert.ok(contrast('#767676', '#ffffff') >= 4.5 && contrast('#777777', '#ffffff') < 4.5);
  });
});

describe('readTheme', () => {
  it('accepts readable colors and returns them in lower case', () => {
    const read = readTheme({ accent: '#C2185B', accent_dark: '#F48FB1' });

    assert.deepEqual(read, { ok: true, theme: { accent: '#c2185b', accentDark: '#f48fb1' } });
  });

  it('derives the dark color from the light one', () => {
    for (const accent of ['#000000', '#1d5c47', '#0b57d0', '#7f00ff', '#a2261e']) {
      const read = readTheme({ accent });
      assert.ok(read.ok, accent);
      const { accentDark } = read.theme;
      for (const ground of ['#1a2520', '#0e1512']) assert.ok(contrast(accentDark, ground) >= 4.5);
    }
  });

  it('rejects unreadable colors and suggests a readable one', () => {
    for (const accent of ['#ff6600', '#ffcc00', '#ffffff', '#7fcbab']) {
      const fault = faultOf({ accent });
      const [, better = ''] = /: (#[0-9a-f]{6}) would do$/.exec(fault) ?? [];
      assert.match(fault, /contrast of \d\.\d:1 on light pages/);
      assert.equal(readTheme({ accent: better }).ok, true, better);
    }
    assert.match(faultOf({ accent: '#1d5c47', accent_dark: '#1d5c47' }), /accent_dark.*dark pages/);
  });

  it('rejects any other value', () => {
    const others = [null, [], '#1d5c47', {}, { accent: 'red' }, { accent: '#fff' }, { accent: 7 }];
    const harm = { accent: '#000000;}body{display:none' };
    const typo = { accent: '#1d5c47', accentDark: '#7fcbab' };
    for (const value of [...others, harm, typo]) faultOf(value);
  });
});

describe('paletteOf', () => {
  it('has sufficient contrast for text, on accents and on hover', () => {
    for (const [accent, scheme] of [
      ['#0b57d0', 'light'],
      ['#7fcbab', 'dark'],
      ['#ffffff', 'dark'],
      ['#000000', 'light'],
    ] as const) {
      const { onAccent, strong, tint } = paletteOf(accent, scheme);
      assert.ok(contrast(onAccent, accent) >= 4.5, accent);
      assert.ok(contrast(onAccent, strong) >= 4.5, `${accent} on hover`);
      assert.ok(contrast(accent, tint) >= 4.5, `${accent} on its tint`);
    }
  });
});

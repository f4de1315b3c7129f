// The icon of a brand that has a logo but neither a mark nor an icon: the first letter of the name on the
// accent. A logo is too wide for a browser tab.

interface MonogramColors {
  readonly accent: string;
  readonly onAccent: string;
}

const standardColors: MonogramColors = { accent: '#1d5c47', onAccent: '#ffffff' };

/** Returns an SVG image. */
export function drawMonogram(name: string, colors: MonogramColors = standardColors): string {
  const [first] = new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(name);
  const initial = (first?.segment ?? '').toUpperCase();
  const letter = initial.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">' +
    `<rect width="32" height="32" rx="8" fill="${colors.accent}"/>` +
    '<text x="16" y="23" text-anchor="middle" font-family="system-ui,sans-serif" font-size="20" ' +
    `font-weight="700" fill="${colors.onAccent}">${letter}</text></svg>`
  );
}

// A sample brand: its images as data: URLs, and the BRANDING setting.

const svg = (content: string, size: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size}">${content}</svg>`;
const word = (ink: string, accent: string) =>
  svg(
    `<circle cx="20" cy="20" r="16" fill="none" stroke="${accent}" stroke-width="7"/>` +
      `<text x="48" y="29" font-family="sans-serif" font-size="26" font-weight="700" fill="${ink}">Northwind</text>`,
    '200 40',
  );

export const markSvg = svg(
  '<circle cx="20" cy="20" r="14" fill="none" stroke="#5b3fd6" stroke-width="7"/>',
  '40 40',
);

export function dataUrl(text: string | Buffer, type = 'image/svg+xml'): string {
  return `data:${type};base64,${Buffer.from(text).toString('base64')}`;
}

/** The smallest PNG: one transparent pixel. */
export const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

export const sampleBrand = {
  product_name: 'Northwind',
  logo: { light: dataUrl(word('#1b1530', '#5b3fd6')), dark: dataUrl(word('#f2efff', '#b3a4ff')) },
  mark: dataUrl(markSvg),
  accent: '#5b3fd6',
  font: 'humanist',
  links: {
    privacy: 'https://northwind.example/privacy',
    imprint: 'https://northwind.example/imprint',
    support: 'mailto:help@northwind.example',
    terms: 'https://northwind.example/terms',
  },
};

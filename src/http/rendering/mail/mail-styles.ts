// The look of every mail. Mail clients drop style sheets, custom properties and logical properties,
// so that each element carries its own declarations; the style sheet holds only what cannot be
// inline: the dark colors, and the widths of a phone.

type ColorName = keyof typeof mailColors;

export type MailColors = Readonly<Record<ColorName, readonly [light: string, dark: string]>>;

interface MailFonts {
  readonly text: string;
  readonly title: string;
}

/** The styles that the brand of the operator changes. */
export interface MailLook {
  readonly colors: Partial<MailColors>;
  readonly fonts: MailFonts | undefined;
}

/** As in public/styles/pages/type.css: the color in light mode, and in dark mode. */
export const mailColors = {
  ground: ['#f1f4f0', '#0e1512'],
  card: ['#ffffff', '#1a2520'],
  ink: ['#15211b', '#e9efeb'],
  softInk: ['#52605a', '#a6b4ac'],
  line: ['#e0e6e1', '#2e3b34'],
  edge: ['#7f8d86', '#718079'],
  tint: ['#f1f6f3', '#20332b'],
  accent: ['#1d5c47', '#7fcbab'],
  onAccent: ['#ffffff', '#0a2018'],
  danger: ['#a2261e', '#ffa598'],
} as const satisfies Readonly<Record<string, readonly [light: string, dark: string]>>;

interface Part {
  readonly color?: ColorName;
  readonly background?: ColorName;
  readonly border?: ColorName;
  /** Declarations that are the same in light and dark mode. */
  readonly rest: string;
}

const standardFonts: MailFonts = {
  text: "-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif",
  title: "-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif",
};
const mono = 'font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;';

function createParts(fonts: MailFonts) {
  const text = `font-family:${fonts.text};`;
  const title = `font-family:${fonts.title};`;
  const pressed = `${text}display:block;padding:14px 20px;font-size:16px;line-height:20px;font-weight:600;text-align:center;text-decoration:none;border-radius:10px;`;
  const outlined = `${pressed}border-width:1px;border-style:solid;`;
  return {
    page: {
      background: 'ground',
      rest: 'margin:0;padding:0;width:100%;-webkit-text-size-adjust:100%;-ms-text-size-adjust:100%;',
    },
    name: {
      color: 'ink',
      rest: `${title}font-size:19px;line-height:24px;font-weight:600;padding:0 12px;`,
    },
    card: {
      background: 'card',
      border: 'line',
      rest: 'border-width:1px;border-style:solid;border-radius:16px;',
    },
    heading: {
      color: 'ink',
      rest: `${title}margin:0 0 20px;font-size:22px;line-height:29px;font-weight:600;letter-spacing:-0.2px;text-wrap:balance;`,
    },
    text: { color: 'ink', rest: `${text}margin:0 0 16px;font-size:16px;line-height:25px;` },
    panel: {
      background: 'tint',
      border: 'line',
      rest: 'border-width:1px;border-style:solid;border-radius:12px;',
    },
    code: {
      color: 'ink',
      rest: `${mono}margin:0;padding:0 0 0 8px;font-size:36px;line-height:44px;font-weight:600;letter-spacing:8px;`,
    },
    label: { color: 'softInk', rest: `${text}font-size:13px;line-height:18px;` },
    value: { color: 'ink', rest: `${text}font-size:16px;line-height:23px;word-break:break-word;` },
    button: { color: 'onAccent', background: 'accent', rest: pressed },
    alarm: { color: 'danger', border: 'danger', rest: outlined },
    quiet: { color: 'ink', border: 'edge', rest: outlined },
    link: { color: 'accent', rest: 'text-decoration:underline;' },
    note: { color: 'softInk', rest: `${text}margin:0;font-size:14px;line-height:21px;` },
    footer: {
      color: 'softInk',
      rest: `${text}margin:0;font-size:13px;line-height:20px;text-wrap:balance;`,
    },
    footerLink: { color: 'softInk', rest: 'text-decoration:underline;' },
  } as const satisfies Readonly<Record<string, Part>>;
}

type PartName = keyof ReturnType<typeof createParts>;

/** One rule per part; a selector may come before each. */
export interface DarkRule {
  readonly part: string;
  readonly text: string;
  readonly surface: string;
}

export interface MailStyles {
  /** The `style` attribute of each part. */
  readonly inline: Readonly<Record<PartName, string>>;
  /** The dark colors of each part, by the class with its name. */
  readonly dark: readonly DarkRule[];
}

function createDeclare(colors: MailColors) {
  return ({ color, background, border }: Part, shade: 0 | 1, end: string) => {
    const value = (property: string, name: ColorName | undefined): string =>
      name === undefined ? '' : `${property}:${colors[name][shade]}${end};`;
    return {
      text: value('color', color),
      surface: value('background-color', background) + value('border-color', border),
    };
  };
}

export function createMailStyles({ colors, fonts = standardFonts }: MailLook): MailStyles {
  const declare = createDeclare({ ...mailColors, ...colors });
  const entries: [string, Part][] = Object.entries(createParts(fonts));
  const inline = entries.map(([name, part]) => {
    const { text: ink, surface } = declare(part, 0, '');
    return [name, part.rest + ink + surface];
  });
  return {
    // The assertion holds because the entries are those of `createParts`.
    inline: Object.fromEntries(inline) as MailStyles['inline'],
    dark: entries.map(([name, part]) => ({ part: name, ...declare(part, 1, '!important') })),
  };
}

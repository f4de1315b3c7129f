// .env.example: every setting as a comment, generated from the definitions.
import { sections } from '#config/settings.ts';
import { listSettings, type Setting, type Settings } from '#config/setting.ts';

const width = 100;

const opening = `# Copy this file to .env and change what you need. Ostiary runs without it: \`npm start\` is enough.
# Generated from src/config/settings/ by \`npm run docs:configuration\`. The reference, with defaults
# and how to generate keys: docs/configuration.md. NAME_FILE names a file that holds the value.
`;

/** Returns the whole file. */
export function describeEnvironment(): string {
  return [opening, ...sections.map(describeSection)].join('\n');
}

function describeSection([title, settings]: readonly [string, Settings]): string {
  const entries = listSettings(settings).map(({ setting }) => describeSetting(setting));
  return [`# ---- ${title} ----\n`, ...entries].join('\n');
}

function describeSetting(setting: Setting): string {
  const { name, kind, text, unset, requiredInProduction } = setting;
  const paragraphs = [
    text,
    `Values: ${kind.values}${kind.unit === undefined ? '' : `; ${kind.unit}`}`,
    `When unset: ${unset}`,
    ...(requiredInProduction ? ['Required in production'] : []),
  ];
  const comment = paragraphs.flatMap((each) => wrap(withoutMarkdown(each)));
  return [...comment, `${name}=${exampleOf(setting)}`].map((line) => `# ${line}\n`).join('');
}

function exampleOf({ example, default: value }: Setting): string {
  if (example !== undefined) return example;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** Drops backticks, and replaces a link to another page by its path from here. */
function withoutMarkdown(text: string): string {
  return text.replaceAll(/\[[^\]]*\]\(([^)]*)\)/g, 'docs/$1').replaceAll('`', '');
}

/** Breaks text into lines that fit behind `# `. */
function wrap(text: string): readonly string[] {
  return text.split(' ').reduce<readonly string[]>((lines, word) => {
    const last = lines.at(-1);
    if (last === undefined) return [word];
    const longer = `${last} ${word}`;
    return longer.length > width - 2 ? [...lines, word] : [...lines.slice(0, -1), longer];
  }, []);
}

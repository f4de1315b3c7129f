// The page docs/limits.md: every constant of src that is a number, with what is said about it.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const root = join(import.meta.dirname, '../..');
const constant =
  /(?:\/\*\*((?:(?!\*\/)[^])*)\*\/\n)?^(?:export )?const (\w+) = ([\d_]+(?: \* [\d_]+)*);$/gm;

const opening = `# Numbers in the code

<!-- Made from src/ by \`npm run docs:code\`; changes here are lost. -->

Every constant that is a number, where it is, and what the code says about it: limits, times, sizes of formats. Those
that somebody who runs the server may meet are explained in [production.md](production.md#limits); what can be set is
in [configuration.md](configuration.md).
`;

/** The whole page as Markdown. */
export function describeNumbers(): string {
  const files = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map(({ parentPath, name }) => relative(root, join(parentPath, name)));
  return `${opening}${files.toSorted().map(describeFile).join('')}`;
}

/** A section, or nothing for a file without numbers. */
function describeFile(path: string): string {
  const text = readFileSync(join(root, path), 'utf8');
  const items = [...text.matchAll(constant)].map(([, comment = '', name = '', value = '']) => {
    const about = comment.replaceAll(/\s*\*?\s+/g, ' ').trim();
    return `- \`${name} = ${value}\`${about === '' ? '' : `: ${about.replaceAll(/[<>]/g, '\\$&')}`}`;
  });
  return items.length === 0 ? '' : `\n## ${path}\n\n${items.join('\n')}\n`;
}

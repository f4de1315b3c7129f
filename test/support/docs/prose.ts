// Finds the prose in our files: comments and sentences in strings of TypeScript, titles of tests, text
// of Markdown documents and of a locale. Identifiers and code are left out.

/** A piece of text, with the line that it starts in, counted from 1. */
export interface Prose {
  readonly line: number;
  readonly text: string;
}

/** `title`: the first argument of `describe`, `it` and their variants. */
type Kind = 'comment' | 'string' | 'title';
export interface SourceText extends Prose {
  readonly kind: Kind;
}

/** A string, a template, a comment or a regular expression, whichever starts first. */
const tokens = new RegExp(
  [
    String.raw`(?<comment>\/\/[^\n]*(?:\n\s*\/\/[^\n]*)*|\/\*[^]*?\*\/)`,
    String.raw`(?<string>'(?:[^'\\\n]|\\[^])*'|"(?:[^"\\\n]|\\[^])*"|${'`'}(?:[^${'`'}\\]|\\[^])*${'`'})`,
    // A slash after an operator or an opening bracket starts a regular expression, not a division.
    String.raw`(?<=[(,=:[!&|?{};+]\s*)\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*`,
  ].join('|'),
  'g',
);
const titleStart = /\b(?:describe\w*|it)(?:\.\w+)?\(\s*$/;

export function readSource(source: string): readonly SourceText[] {
  return [...source.matchAll(tokens)].flatMap(({ index, groups = {} }): readonly SourceText[] => {
    const line = source.slice(0, index).split('\n').length;
    const { comment, string } = groups;
    if (comment !== undefined) return [{ kind: 'comment', line, text: comment }];
    if (string === undefined) return [];
    const isTitle = titleStart.test(source.slice(Math.max(0, index - 80), index));
    return [{ kind: isTitle ? 'title' : 'string', line, text: string }];
  });
}

/** Without code blocks, code spans and the targets of links. */
export function readMarkdown(document: string): readonly Prose[] {
  const prose = document
    .replaceAll(/^ *```[^]*?^ *```/gm, (block) => block.replaceAll(/[^\n]/g, ''))
    .replaceAll(/`[^`\n]*`/g, '``')
    .replaceAll(/\]\([^)\n]*\)/g, ']');
  return [{ line: 1, text: prose }];
}

/** The values of a locale, which has one key per line. */
export function readLocale(json: string): readonly Prose[] {
  return json.split('\n').map((text, index) => ({
    line: index + 1,
    text: text.replace(/^\s*"[^"]*":/, ''),
  }));
}

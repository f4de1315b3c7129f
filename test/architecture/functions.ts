// Measures the functions of a source file. The formatter puts the end of a function at the
// indentation of its first line, so no parser is needed.

export interface MeasuredFunction {
  readonly name: string;
  readonly lines: number;
  /** A factory, or a function that registers routes, contains the functions that it returns. */
  readonly isFactory: boolean;
}

const headers: readonly RegExp[] = [
  /^(?:export )?(?:default )?(?:async )?function\*? ?(?<name>\w+)/,
  /^(?:export )?const (?<name>\w+)(?:: [^=]+)? = (?:async )?(?:function\b|<|\()/,
  /^(?<name>\w+): (?:async )?(?:function\b|<|\()/,
  /^(?:static |async |get |set |\*)*(?<name>\w+)(?:<.*>)?\(/,
  /^(?<name>return) (?:async )?(?:function\b|\()/,
];
const statements = new Set(['if', 'for', 'while', 'switch', 'catch', 'super', 'await', 'function']);
const factoryName = /^(?:create|add|wire|open)[A-Z]/;
const containsFunction = /=>|\bfunction\b|^ +(?:async )?\w+\(.*\{$/m;

export function measureFunctions(text: string): readonly MeasuredFunction[] {
  const lines = text.split('\n');
  return lines.flatMap((line, start) => {
    const name = nameIn(line.trimStart());
    const end = name === undefined ? undefined : findEnd(lines, start);
    if (name === undefined || end === undefined) return [];
    const body = lines.slice(start + 1, end).join('\n');
    const isFactory = factoryName.test(name) && containsFunction.test(body);
    return [{ name, lines: end - start + 1, isFactory }];
  });
}

function nameIn(line: string): string | undefined {
  const name = headers.map((header) => header.exec(line)?.groups?.['name']).find(Boolean);
  if (name === undefined || statements.has(name)) return undefined;
  // A call with a callback, for example `describe(name, () => {`, which looks like a method.
  const isCall = line.startsWith(`${name}(`) && line.endsWith('=> {');
  return isCall ? undefined : name;
}

/** Returns the last line of the function that begins here, or undefined if it has no block. */
function findEnd(lines: readonly string[], start: number): number | undefined {
  const indentation = indentationOf(lines[start]);
  let hasBlock = opensBlock(lines[start]);
  for (let at = start + 1; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line.trim() === '' || indentationOf(line) > indentation) continue;
    if (indentationOf(line) < indentation || !/^[)}]/.test(line.trimStart())) return undefined;
    if (hasBlock && !opensBlock(line) && line.trimStart().startsWith('}')) return at;
    hasBlock ||= opensBlock(line);
  }
  return undefined;
}

/** The block of a function, or the object that an arrow function returns. */
function opensBlock(line = ''): boolean {
  return line.endsWith(' {') || line.endsWith('=> ({');
}

function indentationOf(line = ''): number {
  return line.length - line.trimStart().length;
}

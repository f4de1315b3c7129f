// Parses a configuration file: YAML 1.2, of which JSON is a subset. Every error names the line, the column
// and the path of the invalid value, never the value itself, which may be a secret.
import { LineCounter, isMap, isScalar, parseDocument, type Document, type Node } from 'yaml';
import { z } from 'zod';
import { nearestName } from '#platform/edit-distance.ts';
import { AppError } from '#platform/errors.ts';
import { documentVersion, type SectionRules, type Values } from './document.ts';

const maxAliases = 100;
const maxNamedFaults = 20;

/** As `Entry`, with the reference to the secret instead of the secret. */
export interface ParsedEntry {
  readonly key: string;
  readonly values: Values;
  readonly place: string;
  readonly secretReference?: SecretReference | undefined;
}

export interface ParsedSection {
  readonly kind: string;
  readonly entries: readonly ParsedEntry[];
}

const overlap = {
  overlap_seconds: z
    .int()
    .min(0)
    .max(30 * 24 * 60 * 60)
    .optional(),
};
const secretReference = z.union(
  [
    z.strictObject({ env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), ...overlap }),
    z.strictObject({ file: z.string().min(1), ...overlap }),
  ],
  { error: 'must be a reference: {env: NAME} or {file: PATH}' },
);
export type SecretReference = z.infer<typeof secretReference>;

type Path = readonly PropertyKey[];

interface Fault {
  readonly path: Path;
  readonly message: string;
}

/** @throws AppError `invalid_input` */
export function parseConfiguration(
  text: string,
  rules: readonly SectionRules[],
): readonly ParsedSection[] {
  const source = parseYaml(text);
  const faults: Fault[] = [];
  const root = readRoot(source, rules, faults);
  const sections = rules.flatMap((rule) => {
    const objects = root[rule.name];
    return isObject(objects) ? [readSection(source, rule, objects, faults)] : [];
  });
  if (faults.length === 0) return sections;
  const shown = faults.slice(0, maxNamedFaults).map(({ path, message }) => {
    const where = path.length === 0 ? '' : `${path.join('.')} `;
    return `${placeOf(source, path)}: ${where}${message}`;
  });
  const more = faults.length > shown.length ? [`and ${faults.length - shown.length} more`] : [];
  throw new AppError('invalid_input', [...shown, ...more].join('\n'));
}

interface Source {
  readonly document: Document;
  readonly lines: LineCounter;
  readonly value: unknown;
}

function parseYaml(text: string): Source {
  const lines = new LineCounter();
  const options = { lineCounter: lines, prettyErrors: false, stringKeys: true } as const;
  try {
    const document = parseDocument(text, { ...options, version: '1.2', logLevel: 'error' });
    const [problem] = [...document.errors, ...document.warnings];
    if (problem) {
      // Some of the parser's messages quote the text.
      const message = problem.code === 'BAD_ALIAS' ? 'An alias is invalid' : titleOf(problem.code);
      throw invalid(`${position(lines, problem.pos[0])}: ${message}.`);
    }
    return { document, lines, value: document.toJS({ maxAliasCount: maxAliases }) as unknown };
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    if (cause instanceof ReferenceError) {
      throw invalid(`The file uses its anchors more than ${maxAliases} times.`);
    }
    if (cause instanceof RangeError) throw invalid('The file is nested too deeply.');
    throw cause;
  }
}

/** `DUPLICATE_KEY` becomes `YAML: duplicate key`. */
function titleOf(code: string): string {
  return `YAML: ${code.toLowerCase().replaceAll('_', ' ')}`;
}

function readRoot(
  { value }: Source,
  rules: readonly SectionRules[],
  faults: Fault[],
): Readonly<Record<string, unknown>> {
  if (!isObject(value))
    throw invalid('line 1, column 1: The file must be a map with "version: 1".');
  const { version, ...sections } = value;
  if (version !== documentVersion) {
    const message = `must be ${documentVersion}, the format that this version of Ostiary reads`;
    faults.push({ path: ['version'], message });
  }
  const known = rules.map(({ name }) => name);
  for (const [name, section] of Object.entries(sections)) {
    if (!known.includes(name)) faults.push({ path: [name], message: describeUnknown(name, known) });
    else if (!isObject(section)) {
      faults.push({ path: [name], message: 'must be a map from names to objects; {} for none' });
    }
  }
  return sections;
}

function readSection(
  source: Source,
  rule: SectionRules,
  objects: Readonly<Record<string, unknown>>,
  faults: Fault[],
): ParsedSection {
  const entries = Object.entries(objects).flatMap(([key, value]) => {
    const path = [rule.name, key];
    const keyFault = rule.findKeyFault(key);
    if (keyFault !== undefined) faults.push({ path, message: keyFault });
    const text = findTextFault(value, path);
    if (text) faults.push(text);
    const entry = text ? undefined : readEntry(rule, { key, path, value }, faults);
    return entry ? [{ ...entry, place: placeOf(source, path) }] : [];
  });
  return { kind: rule.name, entries };
}

function readEntry(
  { schema, secretMember }: SectionRules,
  { key, path, value }: { readonly key: string; readonly path: Path; readonly value: unknown },
  faults: Fault[],
): Omit<ParsedEntry, 'place'> | undefined {
  // An object without members may be empty (null).
  const { [secretMember ?? '']: reference, ...members } = isObject(value) ? value : {};
  const read = schema.safeParse(isObject(value) || value === null ? members : value);
  const secret =
    secretMember === undefined ? undefined : secretReference.optional().safeParse(reference);
  const issues = [
    ...(read.error?.issues ?? []).map((issue) => ({ issue, path: [...path, ...issue.path] })),
    ...(secret?.error?.issues ?? []).map((issue) => ({
      issue,
      path: [...path, secretMember ?? ''],
    })),
  ];
  for (const { issue, path: at } of issues) {
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys : [];
    for (const name of unknown)
      faults.push({ path: [...at, name], message: 'is not a known member' });
    if (unknown.length === 0) faults.push({ path: at, message: lowerFirst(issue.message) });
  }
  if (!read.success || issues.length > 0) return undefined;
  return { key, values: read.data, secretReference: secret?.data };
}

/** PostgreSQL stores neither NUL nor half of a surrogate pair, and JSON no infinite number. */
function findTextFault(value: unknown, path: Path, depth = 0): Fault | undefined {
  if (depth > 32) return { path, message: 'is nested too deeply' };
  if (typeof value === 'string' && (value.includes('\0') || !value.isWellFormed())) {
    return { path, message: 'contains a character that cannot be stored' };
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return { path, message: 'must be a finite number' };
  }
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, member] of Object.entries(value)) {
    const fault =
      findTextFault(name, [...path, name]) ?? findTextFault(member, [...path, name], depth + 1);
    if (fault) return fault;
  }
  return undefined;
}

/** The key at the end of the path, or the nearest node above it. */
function placeOf({ document, lines }: Source, path: Path): string {
  let node: unknown = document.contents;
  let at = startOf(document.contents) ?? 0;
  for (const name of path) {
    if (isMap(node)) {
      const pair = node.items.find(
        ({ key }) => isScalar(key) && String(key.value) === String(name),
      );
      at = (isNode(pair?.key) ? startOf(pair.key) : undefined) ?? at;
      node = pair?.value;
    } else {
      node = isCollection(node) ? node.items[Number(name)] : undefined;
      at = (isNode(node) ? startOf(node) : undefined) ?? at;
    }
  }
  return position(lines, at);
}

function startOf(node: Node | null): number | undefined {
  return node?.range?.[0];
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'range' in value;
}

function isCollection(value: unknown): value is { readonly items: readonly unknown[] } {
  return (
    typeof value === 'object' && value !== null && 'items' in value && Array.isArray(value.items)
  );
}

function position(lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `line ${line}, column ${col}`;
}

function describeUnknown(name: string, known: readonly string[]): string {
  const near = nearestName(name, known);
  return `is not a known section${near === undefined ? '' : `; did you mean ${near}?`}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function lowerFirst(text: string): string {
  return `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;
}

function invalid(message: string): AppError {
  return new AppError('invalid_input', message);
}

// Formats a line of the log for reading on a terminal: time, level, sentence, then the fields.

const omitted = ['level', 'time', 'pid', 'msg'];

/** @param line one JSON object, as written by the log */
export function formatPretty(line: string): string {
  const fields = parse(line);
  if (!fields) return line;
  const textOf = (name: string) => describe(fields[name] ?? '');
  const time = textOf('time').slice(11, 19);
  const rest = Object.entries(fields)
    .filter(([name]) => !omitted.includes(name))
    .map(([name, value]) => `${name}=${describe(value)}`);
  return `${[time, textOf('level').padEnd(5), textOf('msg'), ...rest].join(' ')}\n`;
}

function describe(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    // The cast is sound: the members of an object are of unknown type.
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

// Formats a line of the log for reading on a terminal: time, level, sentence, then the fields.

const omitted = ['level', 'time', 'pid', 'msg'];

/** @param line one JSON object, as written by the log */
export function formatPretty(line: string): string {
  const fields = parse(line);
  if (!fields) return line;
  const time = String(fields['time'] ?? '').slice(11, 19);
  const level = String(fields['level'] ?? '').padEnd(5);
  const rest = Object.entries(fields)
    .filter(([name]) => !omitted.includes(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return `${[time, level, String(fields['msg'] ?? ''), ...rest].join(' ')}\n`;
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

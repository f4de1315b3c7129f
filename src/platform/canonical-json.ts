// One text for one JSON value (RFC 8785), so that a digest over it can be made again anywhere, by
// whatever wrote the members in whatever order.

/** What JSON has no word for is `null`, as `JSON.stringify` has it inside of lists. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) return canonicalObject(value);
  const text: string | undefined = JSON.stringify(value);
  return text ?? 'null';
}

/** Names in the order of their UTF-16 code units (RFC 8785 3.2.3), which is how `<` compares. */
function canonicalObject(value: object): string {
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

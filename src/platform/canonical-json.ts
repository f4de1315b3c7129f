// Canonical JSON (RFC 8785): serializes equal values to the same text whatever the order of their
// members, so that a digest of the text can be recomputed elsewhere.

/** A value that JSON cannot represent becomes `null`, as in an array passed to `JSON.stringify`. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) return canonicalObject(value);
  const text: string | undefined = JSON.stringify(value);
  return text ?? 'null';
}

/** Sorts names by UTF-16 code units (RFC 8785 §3.2.3), which is how `<` compares strings. */
function canonicalObject(value: object): string {
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

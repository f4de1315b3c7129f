// Completes the links of a page: pages contain paths within the application, to which the path of the issuer
// is added.
const members = new Set(['href', 'action', 'next', 'cancelHref']);

/** Returns a copy in which every link begins with the path of the issuer. */
export function withAddresses<Value>(value: Value, address: (path: string) => string): Value {
  function complete(each: unknown): unknown {
    if (Array.isArray(each)) return each.map(complete);
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(
      Object.entries(each).map(([name, member]) =>
        members.has(name) && typeof member === 'string'
          ? [name, address(member)]
          : [name, complete(member)],
      ),
    );
  }
  // True because only strings are replaced, with strings.
  return complete(value) as Value;
}

// Completes the addresses of a page: pages name paths of the application, and the issuer may have a
// path of its own.
const members = new Set(['href', 'action', 'next', 'cancelHref']);

/** Returns a copy in which every address begins with the path of the issuer. */
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
  // True because only texts are replaced, by texts.
  return complete(value) as Value;
}

// Observes the methods of client libraries, so that no code path escapes the measurement.
export interface ObservedQuery {
  readonly name: string | undefined;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The first argument of `query` of the `pg` client. */
export function describeQuery(query: unknown): ObservedQuery {
  const unnamed = { name: undefined, text: '', values: [] };
  if (typeof query === 'string') return { ...unnamed, text: query };
  if (typeof query !== 'object' || query === null) return unnamed;
  const member = (name: string) => {
    const value: unknown = Reflect.get(query, name);
    return typeof value === 'string' ? value : undefined;
  };
  const values: unknown = Reflect.get(query, 'values');
  return {
    name: member('name'),
    text: member('text') ?? '',
    values: Array.isArray(values) ? values : [],
  };
}

type Method = (this: object, ...args: unknown[]) => unknown;

/**
 * Calls `look` before every call of the method, with arguments that it may replace; returns a
 * function that removes the observer.
 */
export function observe(
  owner: object,
  name: string,
  look: (self: object, args: unknown[]) => void,
): () => void {
  const original: Method = Reflect.get(owner, name);
  const observed: Method = function observed(...args) {
    look(this, args);
    return Reflect.apply(original, this, args);
  };
  Reflect.set(owner, name, observed);
  return () => void Reflect.set(owner, name, original);
}

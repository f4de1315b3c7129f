// Names that every JavaScript object knows: as a key of a plain object they reach what all objects
// share. The engine keeps a session's authorizations in plain objects by client id.

/** True for `__proto__`, `constructor`, `toString` and every other name of Object.prototype. */
export function isObjectPrototypeName(name: string): boolean {
  return Object.hasOwn(Object.prototype, name);
}

// Property names of Object.prototype. Used as keys of a plain object they reach inherited members.
// oidc-provider stores the authorizations of a session in a plain object keyed by client id.

/** True for `__proto__`, `constructor`, `toString` and every other name of Object.prototype. */
export function isObjectPrototypeName(name: string): boolean {
  return Object.hasOwn(Object.prototype, name);
}

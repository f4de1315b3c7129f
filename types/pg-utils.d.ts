// A module of pg without types of its own: how pg writes a value of JavaScript as a parameter.
declare module 'pg/lib/utils.js' {
  export function prepareValue(value: unknown): string | Buffer | null;
}

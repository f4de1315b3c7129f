// Conversion between the payloads of oidc-provider's models and our records.

/** Whole seconds since 1970, the unit of every time in a payload. */
export function seconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}

/** @throws TypeError if a member that oidc-provider always sets is missing */
export function requireText(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new TypeError(`oidc-provider omitted ${name}`);
}

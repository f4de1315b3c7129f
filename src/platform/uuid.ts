// The text format of a UUID (RFC 9562 §4). PostgreSQL rejects a statement whose uuid parameter has
// another format, so ids that come from outside are checked first.

export const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}

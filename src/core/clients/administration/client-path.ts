// The id of a client as one segment of a path. A slash cannot be part of a segment, not even escaped
// (http/request/request-target.ts), so an id with one, such as a URL, is written in base64url.

const marker = 'url:';

/** The id as a path segment, not yet percent-encoded. */
export function clientSegment(clientId: string): string {
  if (!/[/\\;%]/.test(clientId)) return clientId;
  return `${marker}${Buffer.from(clientId).toString('base64url')}`;
}

/** The inverse of `clientSegment`. */
export function clientIdOfSegment(segment: string): string {
  if (!/^url:[\w-]+$/.test(segment)) return segment;
  const clientId = Buffer.from(segment.slice(marker.length), 'base64url').toString();
  return clientSegment(clientId) === segment ? clientId : segment;
}

// Patch: passes a body that was already read to oidc-provider, which insists on reading the request
// itself.
import type { IncomingMessage } from 'node:http';

/**
 * oidc-provider checks `readable` and reads through `iterator`. If the stream had ended, it would
 * fall back to the results of other body parsers.
 */
export function replayBody(req: IncomingMessage, bytes: Buffer): void {
  async function* iterateBody() {
    yield bytes;
  }
  Object.defineProperties(req, {
    // Writable, because the adapter for AWS Lambda sets this property to false afterwards.
    readable: { value: true, configurable: true, writable: true },
    iterator: { value: iterateBody, configurable: true },
  });
}

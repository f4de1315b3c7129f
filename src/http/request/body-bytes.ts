// Reads the bytes of a request body within limits of size and time, and drains a body that no
// handler has read.
import type { IncomingMessage } from 'node:http';
import { AppError } from '#platform/errors.ts';

export interface BodyLimits {
  readonly sizeBytes: number;
  readonly timeSeconds: number;
  /**
   * How long to keep reading the body after the response is known, so that the client can receive the
   * response.
   */
  readonly lingerSeconds: number;
}

/** Equal to oidc-provider's limit: a larger body could never be used. */
export const defaultBodyLimits: BodyLimits = {
  sizeBytes: 56 * 1024,
  timeSeconds: 15,
  lingerSeconds: 0.8,
};

const maxDrainedBytes = 8 * 1024 * 1024;

function tooLarge(): AppError {
  return new AppError('too_large', 'The request body is too large.');
}

function tooSlow(): AppError {
  return new AppError('timeout', 'The request took too long to arrive.');
}

/**
 * Reads the whole body.
 * @throws AppError `too_large` at once if Content-Length exceeds the limit, otherwise when the
 * received bytes do; `timeout`; `invalid_input` if the connection closes early
 */
export async function collectBytes(req: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  if (Number(req.headers['content-length'] ?? 0) > limits.sizeBytes) throw tooLarge();
  // By then, Node has parsed the part of the body that arrived with the headers.
  await Promise.resolve();
  if (isArrived(req, limits)) return readArrived(req);
  const chunks: Buffer[] = [];
  let sizeBytes = 0;

  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => settle(tooSlow()), limits.timeSeconds * 1000);

    function settle(error?: AppError): void {
      clearTimeout(timer);
      req.off('data', keep).off('end', settle).off('close', cut);
      return error ? reject(error) : resolve();
    }
    function keep(chunk: Buffer): void {
      sizeBytes += chunk.length;
      if (sizeBytes > limits.sizeBytes) return settle(tooLarge());
      chunks.push(chunk);
    }
    function cut(): void {
      settle(new AppError('invalid_input', 'The request ended early.'));
    }

    req.on('data', keep).on('end', settle).on('close', cut).on('error', cut);
  });
  return Buffer.concat(chunks, sizeBytes);
}

/** True if the whole body is already buffered, so it can be read without listeners or a timer. */
function isArrived(req: IncomingMessage, { sizeBytes }: BodyLimits): boolean {
  const { complete, destroyed, readableFlowing, readableLength } = req;
  const isUnread = !destroyed && readableFlowing === null && readableLength > 0;
  return complete && isUnread && readableLength <= sizeBytes;
}

function readArrived(req: IncomingMessage): Buffer {
  const bytes: Buffer = req.read(); // there are some, and no encoding is set
  // Without a listener, the connection could not be reused after the end.
  req.resume();
  return bytes;
}

/**
 * Returns a function that reads the body of a request once and remembers it, because a request that the fast
 * path passes on is read a second time.
 */
export function createBodyCollection(limits: BodyLimits) {
  const collected = new WeakMap<IncomingMessage, Promise<Buffer>>();
  return (req: IncomingMessage): Promise<Buffer> => {
    const known = collected.get(req) ?? collectBytes(req, limits);
    collected.set(req, known);
    return known;
  };
}

export type BodyCollection = ReturnType<typeof createBodyCollection>;

/**
 * Reads and discards the rest of a body for a bounded time. Returns false if the body has not ended
 * by then. Closing the connection while the client is still sending would discard the response.
 */
export async function drainRequest(req: IncomingMessage, limits: BodyLimits): Promise<boolean> {
  if (req.complete || req.destroyed) return req.complete;
  await new Promise<void>((resolve) => {
    let sizeBytes = 0;
    const timer = setTimeout(settle, limits.lingerSeconds * 1000);

    function settle(): void {
      clearTimeout(timer);
      req.off('data', discard).off('end', settle).off('close', settle);
      resolve();
    }
    function discard(chunk: Buffer): void {
      sizeBytes += chunk.length;
      if (sizeBytes > maxDrainedBytes) settle();
    }

    req.on('data', discard).on('end', settle).on('close', settle);
  });
  return req.complete;
}

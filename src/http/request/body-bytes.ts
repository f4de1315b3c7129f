// The bytes of one request's body, no more and no longer than the limits allow, and what
// becomes of bytes that nobody wants.
import type { IncomingMessage } from 'node:http';
import { AppError } from '#platform/errors.ts';

export interface BodyLimits {
  readonly sizeBytes: number;
  readonly timeSeconds: number;
  /** How long a sender may go on although the answer is known, so that it can receive it. */
  readonly lingerSeconds: number;
}

/** As large as the engine's own limit: a larger body could never be used. */
export const defaultBodyLimits: BodyLimits = {
  sizeBytes: 56 * 1024,
  timeSeconds: 15,
  lingerSeconds: 0.8,
};

const mostDrainedBytes = 8 * 1024 * 1024;

function tooLarge(): AppError {
  return new AppError('too_large', 'The request body is too large.');
}

function tooSlow(): AppError {
  return new AppError('timeout', 'The request took too long to arrive.');
}

/** Throws too_large at once when the length is announced, else with the first byte too many. */
export async function collectBytes(req: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  if (Number(req.headers['content-length'] ?? 0) > limits.sizeBytes) throw tooLarge();
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

/**
 * Reads on, for a bounded time, what nobody wants any more; false when there is still no end. A
 * connection that is closed while somebody sends takes the answer away with it.
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
      if (sizeBytes > mostDrainedBytes) settle();
    }

    req.on('data', discard).on('end', settle).on('close', settle);
  });
  return req.complete;
}

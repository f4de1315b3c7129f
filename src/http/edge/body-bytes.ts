// The bytes of one request's body, no more and no longer than the limits allow, and the end of
// connections on which somebody keeps sending after the answer.
import type { IncomingMessage } from 'node:http';
import { AppError } from '#domain/errors.ts';

export interface BodyLimits {
  readonly sizeBytes: number;
  readonly timeSeconds: number;
  /** How long a sender may go on after an early answer, so that the answer still reaches it. */
  readonly lingerSeconds: number;
}

/** As large as the engine's own limit: a larger body could never be used. */
export const defaultBodyLimits: BodyLimits = {
  sizeBytes: 56 * 1024,
  timeSeconds: 15,
  lingerSeconds: 2,
};

function tooLarge(): AppError {
  return new AppError('too_large', 'The request body is too large.');
}

/** Throws too_large at once when the length is announced, else with the first byte too many. */
export async function collectBytes(req: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  if (Number(req.headers['content-length'] ?? 0) > limits.sizeBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let sizeBytes = 0;

  await new Promise<void>((resolve, reject) => {
    const late = new AppError('timeout', 'The request took too long to arrive.');
    const timer = setTimeout(() => settle(late), limits.timeSeconds * 1000);

    function settle(error?: AppError): void {
      clearTimeout(timer);
      req.off('data', keep).off('end', settle).off('close', cut);
      if (!error) return resolve();
      req.resume();
      reject(error);
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
 * Closes the connection some seconds after an answer that came before the end of the request.
 * Closing it at once would take the answer away from a sender that is still busy sending.
 */
export function endUnreadRequest(req: IncomingMessage, { lingerSeconds }: BodyLimits): void {
  if (req.complete || req.destroyed) return;
  const timer = setTimeout(() => {
    if (!req.complete) req.destroy();
  }, lingerSeconds * 1000);
  timer.unref();
}

// Signals about a stream itself (SSF 1.0 §8.1.4 and §8.1.5).
import { timeOrderedUuid } from '#platform/crypto/ids.ts';
import { streamUpdated, verification } from '#features/shared-signals/signal-types.ts';
import type { SignalStream, StreamStatus } from '#features/shared-signals/streams/streams.ts';
import type { Signal } from './signals.ts';

export function verificationSignal(
  { id: streamId }: Pick<SignalStream, 'id'>,
  state: string | undefined,
  at: Date,
): Signal {
  const event = state === undefined ? {} : { state };
  return { ...about(streamId, at), type: verification, content: { event } };
}

/** The transmitter changed the status of the stream. */
export function updatedSignal(
  { id: streamId }: Pick<SignalStream, 'id'>,
  { status, reason }: { readonly status: StreamStatus; readonly reason: string | undefined },
  at: Date,
): Signal {
  const event = { status, ...(reason === undefined ? {} : { reason }) };
  return { ...about(streamId, at), type: streamUpdated, content: { event } };
}

function about(streamId: string, at: Date) {
  return {
    id: timeOrderedUuid(at),
    streamId,
    userId: undefined,
    auditId: undefined,
    createdAt: at,
  };
}

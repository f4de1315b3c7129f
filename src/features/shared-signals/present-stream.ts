// A stream and its signals as the command line and the API show them to operators.
import type { SignalRecord } from './events/signals.ts';
import { eventsDelivered, type SignalStream } from './streams/streams.ts';

export function presentSignalStream(stream: SignalStream) {
  return {
    id: stream.id,
    client_id: stream.clientId,
    delivery: stream.endpointUrl === undefined ? ('poll' as const) : ('push' as const),
    endpoint_url: stream.endpointUrl ?? null,
    description: stream.description ?? null,
    events: [...eventsDelivered(stream)],
    status: stream.status,
    status_reason: stream.statusReason ?? null,
    held_by: stream.heldBy ?? null,
    subject_format: stream.subjectFormat,
    algorithm: stream.algorithm,
    all_users: stream.allUsers,
    failing_since: stream.failingSince?.toISOString() ?? null,
    last_error: stream.lastError ?? null,
    created_at: stream.createdAt.toISOString(),
  };
}

export function presentSignal(signal: SignalRecord) {
  return {
    id: signal.id,
    type: signal.type,
    user_id: signal.userId ?? null,
    at: signal.createdAt.toISOString(),
    state: stateOf(signal),
    attempts: signal.attempts,
    delivered_at: signal.deliveredAt?.toISOString() ?? null,
    error: signal.error ?? null,
  };
}

function stateOf({ deliveredAt, refusedAt }: SignalRecord): 'delivered' | 'refused' | 'waiting' {
  if (deliveredAt) return 'delivered';
  return refusedAt ? 'refused' : 'waiting';
}

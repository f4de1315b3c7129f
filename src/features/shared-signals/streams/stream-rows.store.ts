// The row of a stream and its mapping to the SignalStream type.
import type { SignalAlgorithm, SubjectFormat } from '#features/shared-signals/signal-types.ts';
import type {
  SignalStream,
  StreamHold,
  StreamPolicy,
  StreamRequest,
  StreamStatus,
} from './streams.ts';

export interface StreamRow {
  id: string;
  client_id: string;
  endpoint_url: string | null;
  authorization_header: string | null;
  events_requested: string[];
  description: string | null;
  status: StreamStatus;
  status_reason: string | null;
  held_by: StreamHold | null;
  subject_format: SubjectFormat;
  algorithm: SignalAlgorithm;
  all_users: boolean;
  verified_at: Date | null;
  failing_since: Date | null;
  last_error: string | null;
  version: number;
  created_at: Date;
}

export function requestColumns(request: StreamRequest) {
  return {
    delivery: request.endpointUrl === undefined ? 'poll' : 'push',
    endpoint_url: request.endpointUrl ?? null,
    authorization_header: request.authorizationHeader ?? null,
    events_requested: request.eventsRequested,
    description: request.description ?? null,
  };
}

export function policyColumns({ subjectFormat, algorithm, allUsers }: StreamPolicy) {
  return { subject_format: subjectFormat, algorithm, all_users: allUsers };
}

export function streamFromRow(row: StreamRow): SignalStream {
  return {
    id: row.id,
    clientId: row.client_id,
    endpointUrl: row.endpoint_url ?? undefined,
    authorizationHeader: row.authorization_header ?? undefined,
    eventsRequested: row.events_requested,
    description: row.description ?? undefined,
    status: row.status,
    statusReason: row.status_reason ?? undefined,
    heldBy: row.held_by ?? undefined,
    subjectFormat: row.subject_format,
    algorithm: row.algorithm,
    allUsers: row.all_users,
    verifiedAt: row.verified_at ?? undefined,
    failingSince: row.failing_since ?? undefined,
    lastError: row.last_error ?? undefined,
    version: row.version,
    createdAt: row.created_at,
  };
}

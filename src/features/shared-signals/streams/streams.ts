// Streams: which signals a receiver gets, and where they are delivered (SSF 1.0 §8.1.1). The receiver is an
// OAuth client and manages its own streams; operators can see and pause all of them.
import { isLoopbackHost } from '#platform/outbound/networks.ts';
import {
  identifierChanged,
  supportedEvents,
  type SignalAlgorithm,
  type SubjectFormat,
} from '#features/shared-signals/signal-types.ts';

export const streamStates = ['enabled', 'paused', 'disabled'] as const;
/** A paused stream keeps its signals, a disabled one receives none. */
export type StreamStatus = (typeof streamStates)[number];

/**
 * Why the status was set, if not by the receiver. `failing`: no push succeeded for days. `overflow`: the
 * receiver did not fetch its signals.
 */
export type StreamHold = 'operator' | 'failing' | 'overflow';

/** The settings of the receiver. */
export interface StreamRequest {
  /** `undefined` if the receiver polls. */
  readonly endpointUrl: string | undefined;
  /** The Authorization header of a push. */
  readonly authorizationHeader: string | undefined;
  readonly eventsRequested: readonly string[];
  readonly description: string | undefined;
}

/** The settings of the operator. */
export interface StreamPolicy {
  readonly subjectFormat: SubjectFormat;
  readonly algorithm: SignalAlgorithm;
  /** True to include users who have not used the client. */
  readonly allUsers: boolean;
}

export interface SignalStream extends Omit<StreamRequest, 'authorizationHeader'>, StreamPolicy {
  readonly id: string;
  readonly clientId: string;
  /** Encrypted. */
  readonly authorizationHeader: string | undefined;
  readonly status: StreamStatus;
  readonly statusReason: string | undefined;
  readonly heldBy: StreamHold | undefined;
  readonly verifiedAt: Date | undefined;
  readonly failingSince: Date | undefined;
  readonly lastError: string | undefined;
  readonly version: number;
  readonly createdAt: Date;
}

export const usualPolicy: StreamPolicy = {
  subjectFormat: 'iss_sub',
  algorithm: 'RS256',
  allUsers: false,
};

const maxUrlLength = 2000;

/**
 * The requested events that this server supports. The subject of identifier-changed is the old address (RISC
 * 1.0 §2.6), so only a receiver that identifies users by address gets it.
 */
export function eventsDelivered({
  eventsRequested,
  subjectFormat,
}: Pick<SignalStream, 'eventsRequested' | 'subjectFormat'>): readonly string[] {
  return supportedEvents.filter(
    (event) =>
      eventsRequested.includes(event) && (event !== identifierChanged || subjectFormat === 'email'),
  );
}

/**
 * An https URL without user, password and fragment. Plain HTTP is accepted for this machine only,
 * which OUTBOUND_ALLOW must also permit.
 */
export function isPushEndpoint(text: string): boolean {
  const url = URL.parse(text);
  if (!url || text.length > maxUrlLength || url.hash !== '') return false;
  if (url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname));
}

/** Binds the encrypted Authorization header of a stream to it. */
export function streamContext(id: string): string {
  return `signal stream ${id}`;
}

// Poll delivery (RFC 8936): the receiver acknowledges the signals that it has, and receives pending ones.
// transmitter/held-polls.api.ts repeats a poll that may wait for events.
import type { StreamService } from '#features/shared-signals/streams/streams.service.ts';
import type { SignalStore } from '#features/shared-signals/events/signals.store.ts';
import { AppError } from '#platform/errors.ts';
import { isUuid } from '#platform/uuid.ts';
import type { SecurityEventTokens } from './security-event-tokens.service.ts';

export interface PollDependencies {
  readonly streamService: StreamService;
  readonly signalStore: SignalStore;
  readonly securityEventTokens: SecurityEventTokens;
  readonly now: () => Date;
}

export interface PollRequest {
  readonly maxEvents: number;
  readonly acknowledged: readonly string[];
  /** Errors of signals that the receiver cannot use, by `jti`. */
  readonly errors: readonly { readonly id: string; readonly error: string }[];
}

export interface PollAnswer {
  readonly sets: Readonly<Record<string, string>>;
  readonly moreAvailable: boolean;
}

export function createPolling(dependencies: PollDependencies) {
  const { streamService, signalStore, securityEventTokens, now } = dependencies;

  return {
    /** @throws AppError `not_found`; `conflict` for a stream that is pushed */
    async poll(clientId: string, streamId: string, request: PollRequest): Promise<PollAnswer> {
      const stream = await streamService.find(clientId, streamId);
      if (stream.endpointUrl !== undefined) {
        throw new AppError('conflict', 'The events of this stream are pushed.');
      }
      const at = now();
      // An id that is unknown or already acknowledged has no effect.
      const acknowledged = request.acknowledged.filter(isUuid);
      await signalStore.markDelivered(streamId, acknowledged, { at, attempts: 0 });
      const errors = request.errors.filter(({ id }) => isUuid(id));
      await signalStore.markRefused(streamId, errors, at);
      const isEnabled = stream.status === 'enabled';
      const limit = request.maxEvents + 1;
      const waiting = await signalStore.listWaiting(streamId, { isEnabled, at, limit });
      const sets: [string, string][] = [];
      for (const signal of waiting.slice(0, request.maxEvents)) {
        const token = await securityEventTokens.issue(stream, signal);
        if (token !== undefined) sets.push([signal.id, token]);
        else await signalStore.markRefused(streamId, [erased(signal.id)], at);
      }
      return { sets: Object.fromEntries(sets), moreAvailable: waiting.length === limit };
    },
  };
}

export type Polling = ReturnType<typeof createPolling>;

function erased(id: string) {
  return { id, error: 'The data of the event was erased.' };
}

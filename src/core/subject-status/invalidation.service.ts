// Publishes invalidations to all nodes, which cache some records for a second, so that a block
// takes effect immediately. They are sent through Redis, or through PostgreSQL while Redis is
// unavailable or not configured. If a message is lost, the cached copy still expires after one
// second.
import type { Listening } from '#platform/subscription.ts';
import type { Log } from '#platform/logging/log.ts';
import type { InvalidationChannel } from '#platform/invalidation/invalidation-channel.ts';

/** The subject of the change; without any member it may concern every record. */
export interface Change {
  readonly userId?: string | undefined;
  readonly clientId?: string | undefined;
  /** The `jti` of an access token that was revoked. */
  readonly tokenId?: string | undefined;
}

export type ChangeHandler = (change: Change) => void;

export interface ChangeDependencies {
  /** In order of preference: the next channel is used when one is unavailable. */
  readonly channels: readonly InvalidationChannel[];
  readonly log: Log;
}

export function createInvalidation({ channels, log }: ChangeDependencies) {
  const handlers: ChangeHandler[] = [];

  function apply(change: Change): void {
    for (const handle of handlers) handle(change);
  }

  /** Publishes through the first available channel. */
  async function publishText(text: string): Promise<void> {
    let err: unknown;
    for (const channel of channels) {
      try {
        return await channel.tell(text);
      } catch (error) {
        err = error;
      }
    }
    if (err)
      log.warn(
        { event: 'change.untold', err },
        'an invalidation could not be published; cached copies expire within a second',
      );
  }

  return {
    /** Registers a cache: called for each change on this or another node. */
    subscribe(handler: ChangeHandler): void {
      handlers.push(handler);
    },
    /**
     * Must follow the commit: invalidates local caches first, then those of other nodes. Never
     * throws.
     */
    async publish(change: Change): Promise<void> {
      apply(change);
      await publishText(JSON.stringify(change));
    },
    /** Receives the invalidations of other nodes until closed. */
    listen(): Listening {
      const subscriber = {
        hear: (text: string) => apply(readChange(text)),
        missed: () => apply({}),
      };
      const open = channels.map((channel) => channel.listen(subscriber));
      return {
        async close() {
          await Promise.all(open.map((each) => each.close()));
        },
      };
    },
  };
}

export type Invalidation = ReturnType<typeof createInvalidation>;

export interface Reload {
  readonly load: () => Promise<void>;
  readonly log: Log;
  /** The log message of a failure, which the next load makes up for. */
  readonly failure: string;
}

/** Loads a copy in memory anew after a change that names nothing: one of the settings. */
export function reloadAfterChanges(
  invalidation: Pick<Invalidation, 'subscribe'>,
  { load, log, failure }: Reload,
): void {
  invalidation.subscribe(({ userId, clientId, tokenId }) => {
    if ((userId ?? clientId ?? tokenId) !== undefined) return;
    load().catch((err: unknown) => log.warn({ event: 'refresh.failed', err }, failure));
  });
}

/** A message that cannot be parsed may concern every record. */
function readChange(text: string): Change {
  try {
    const { userId, clientId, tokenId }: Record<string, unknown> = Object(JSON.parse(text));
    return { userId: idOf(userId), clientId: idOf(clientId), tokenId: idOf(tokenId) };
  } catch {
    return {};
  }
}

function idOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

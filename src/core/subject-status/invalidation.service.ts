// Telling all nodes that something has changed which they may remember for a second, so that a block
// shows at once. Told through Redis, and through PostgreSQL while Redis is away or not there at all;
// what is never heard is forgotten after its second all the same.
import type { Listening } from '#platform/subscription.ts';
import type { Log } from '#platform/logging/log.ts';
import type { ChangeChannel } from '#platform/invalidation/invalidation-channel.ts';

/** Who or what it is about; no member at all means: anything. */
export interface Change {
  readonly userId?: string | undefined;
  readonly clientId?: string | undefined;
  /** The `jti` of an access token that was revoked. */
  readonly tokenId?: string | undefined;
}

export type ChangeHandler = (change: Change) => void;

export interface ChangeDependencies {
  /** In the order of preference: the next one is taken when one is away. */
  readonly channels: readonly ChangeChannel[];
  readonly log: Log;
}

export function createChanges({ channels, log }: ChangeDependencies) {
  const handlers: ChangeHandler[] = [];

  function apply(change: Change): void {
    for (const handle of handlers) handle(change);
  }

  /** By the first channel that takes it. */
  async function tell(text: string): Promise<void> {
    let err: unknown;
    for (const channel of channels) {
      try {
        return await channel.tell(text);
      } catch (error) {
        err = error;
      }
    }
    if (err) log.warn({ event: 'change.untold', err }, 'other nodes hear of a change late');
  }

  return {
    /** For those who remember: called for each change, made here or elsewhere. */
    onChange(handler: ChangeHandler): void {
      handlers.push(handler);
    },
    /** After the commit: forgets here at once, then tells the other nodes. Never fails. */
    async announce(change: Change): Promise<void> {
      apply(change);
      await tell(JSON.stringify(change));
    },
    /** Hears what other nodes announce, until closed. */
    listen(): Listening {
      const hearer = { hear: (text: string) => apply(readChange(text)), missed: () => apply({}) };
      const open = channels.map((channel) => channel.listen(hearer));
      return {
        async close() {
          await Promise.all(open.map((each) => each.close()));
        },
      };
    },
  };
}

export type Changes = ReturnType<typeof createChanges>;

/** Whatever can not be read may have been about anything. */
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

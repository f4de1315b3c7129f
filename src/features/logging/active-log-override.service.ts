// The temporary log level in this process. It is loaded at the start, after every change that a node
// publishes, and twice a second.
import type { Log } from '#platform/logging/log.ts';
import type { LogOverride } from '#platform/logging/log-overrides.ts';
import type { LogOverrideStore } from './log-override.store.ts';

export interface ActiveLogOverrideDependencies {
  readonly store: LogOverrideStore;
  readonly log: Log;
  readonly now: () => Date;
  /** False for commands, whose output must not contain log lines. */
  readonly showsPages: boolean;
}

export function createActiveLogOverride(dependencies: ActiveLogOverrideDependencies) {
  const { store, log, now, showsPages } = dependencies;
  let announced = '';
  const loads = { count: 0, applied: 0 };

  /** One line per change, so that the log itself says why it is verbose. */
  function announce(override: LogOverride | undefined): void {
    const text = override ? JSON.stringify(override) : '';
    if (text === announced) return;
    announced = text;
    if (!override) return log.info({ event: 'log.restored' }, 'the level of the log is the usual');
    const { level, expiresAt, filter } = override;
    log.info(
      {
        event: 'log.changed',
        setting: level,
        until: expiresAt,
        ...(filter && { kind: filter.by, filter: filter.value }),
      },
      'the level of the log is changed for some time',
    );
  }

  return {
    /** A load that began earlier never replaces the result of a later one. */
    async load(): Promise<void> {
      if (!showsPages) return;
      loads.count += 1;
      const own = loads.count;
      const found = await store.find(now());
      if (own < loads.applied) return;
      loads.applied = own;
      const override = found && {
        level: found.level,
        expiresAt: found.expiresAt,
        filter: found.filter,
      };
      log.overrides.set(override);
      announce(override);
    },
  };
}

export type ActiveLogOverride = ReturnType<typeof createActiveLogOverride>;

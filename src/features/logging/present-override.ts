// The temporary log level as the API and the command line show it.
import type { OverrideLevel } from '#platform/logging/log-overrides.ts';
import type { StoredOverride } from './logging.ts';

export interface ShownLogging {
  readonly level: string;
  readonly override: {
    readonly level: OverrideLevel;
    readonly user_id: string | null;
    readonly client_id: string | null;
    readonly route: string | null;
    readonly set_at: string;
    readonly expires_at: string;
  } | null;
}

/** @param level the level of the setting */
export function presentLogging(level: string, override: StoredOverride | undefined): ShownLogging {
  if (!override) return { level, override: null };
  const { filter, setAt, expiresAt } = override;
  const valueBy = (by: string) => (filter?.by === by ? filter.value : null);
  return {
    level,
    override: {
      level: override.level,
      user_id: valueBy('user'),
      client_id: valueBy('client'),
      route: valueBy('route'),
      set_at: setAt.toISOString(),
      expires_at: expiresAt.toISOString(),
    },
  };
}

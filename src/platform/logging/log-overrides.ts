// A temporary log level of this process, for all lines or for one user, client or route. Operators
// set it in features/logging/; the log consults it for lines below its own level.

/** From the most to the least verbose. An override only adds lines. */
export const overrideLevels = ['trace', 'debug', 'info'] as const;
export type OverrideLevel = (typeof overrideLevels)[number];

/** Which requests the override concerns. */
export interface LogFilter {
  readonly by: 'user' | 'client' | 'route';
  /** An id, or a route pattern in which `*` matches any text. */
  readonly value: string;
}

export interface LogOverride {
  readonly level: OverrideLevel;
  readonly expiresAt: Date;
  readonly filter?: LogFilter | undefined;
}

export function createLogOverrides(now: () => Date) {
  let current: LogOverride | undefined;
  return {
    /** Each process ends the override by its own clock, even if it is disconnected. */
    get active(): LogOverride | undefined {
      if (current && current.expiresAt <= now()) current = undefined;
      return current;
    },
    set(override: LogOverride | undefined): void {
      current = override;
    },
  };
}

export type LogOverrides = ReturnType<typeof createLogOverrides>;

/**
 * True if a pattern such as `POST /oauth2/token`, `/oauth2/token` or `/auth/api/*` matches the route.
 * @param route method and pattern of the route of a request
 */
export function matchesRoute(pattern: string, route: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^(?:[A-Z]+ )?${parts.join('.*')}$`);
  return pattern === route || expression.test(route);
}

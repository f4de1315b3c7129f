// The session of the panel: an encrypted cookie that contains the access token of the administrator. The
// token is checked on every request, so the server stores nothing for the session.
import type { Context } from '#http/context.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import { AppError } from '#platform/errors.ts';
import { panelPath } from '#features/admin/panel-client.ts';

export interface PanelSession {
  readonly accessToken: string;
  /** Seconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** When the user last proved their identity (`auth_time`). */
  readonly authenticatedAt: number;
}

export interface PanelCookieOptions {
  readonly issuerUrl: URL;
  readonly basePath: string;
  readonly keyring: Keyring;
}

const context = 'panel session';

export function createPanelCookie({ issuerUrl, basePath, keyring }: PanelCookieOptions) {
  const secure = issuerUrl.protocol === 'https:';
  // Limited to the path of the panel, which the __Host- prefix does not allow.
  const name = secure ? '__Secure-ostiary-panel' : 'ostiary-panel';
  const attributes = {
    httpOnly: true,
    sameSite: 'lax',
    path: `${basePath}${panelPath}`,
    secure,
    signed: false,
    overwrite: true,
  } as const;

  function open(value: string): PanelSession | undefined {
    try {
      // True because only `set` below seals under this context.
      return JSON.parse(keyring.open(value, context).toString()) as PanelSession;
    } catch (error) {
      // Modified, or sealed with a key that was removed since.
      if (error instanceof AppError) return undefined;
      throw error;
    }
  }

  return {
    read(ctx: Context): PanelSession | undefined {
      const value = ctx.cookies.get(name, { signed: false });
      return value === undefined ? undefined : open(value);
    },
    set(ctx: Context, session: PanelSession): void {
      ctx.cookies.set(name, keyring.seal(JSON.stringify(session), context), attributes);
    },
    clear(ctx: Context): void {
      ctx.cookies.set(name, null, attributes);
    },
  };
}

export type PanelCookie = ReturnType<typeof createPanelCookie>;

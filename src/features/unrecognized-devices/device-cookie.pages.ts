// Device cookie: random and signed. It serves only to distinguish a browser that the user has used
// before from a new one, and grants no access.
import type { Context, Next } from '#http/context.ts';
import type { RequestDevice, RequestDeviceSlot } from '#platform/request/request-device.ts';

/** The maximum lifetime of a cookie in current browsers. */
const lifeMilliseconds = 400 * 24 * 60 * 60 * 1000;
const wellFormed = /^[\w-]{22}$/;

export interface DeviceCookieDependencies {
  readonly issuerUrl: URL;
  readonly slot: RequestDeviceSlot;
}

export function createDeviceCookie({ issuerUrl, slot }: DeviceCookieDependencies) {
  const secure = issuerUrl.protocol === 'https:';
  const name = secure ? '__Host-ostiary-device' : 'ostiary-device';
  const attributes = {
    signed: true,
    httpOnly: true,
    sameSite: 'lax',
    path: '/',
    secure,
    maxAge: lifeMilliseconds,
    overwrite: true,
  } as const;

  function deviceOf(ctx: Context): RequestDevice {
    return {
      get id() {
        const value = ctx.cookies.get(name, { signed: true });
        return value !== undefined && wellFormed.test(value) ? value : undefined;
      },
      keep: (id) => void ctx.cookies.set(name, id, attributes),
    };
  }

  return function identifyDevice(ctx: Context, next: Next): Promise<unknown> {
    slot.set(deviceOf(ctx));
    return next();
  };
}

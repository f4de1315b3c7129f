// Device cookie: random and signed. It serves only to distinguish a browser that the user has used
// before from a new one, and grants no access.
import type { Context, Next } from '#http/context.ts';
import type { RequestDevice, RequestDeviceSlot } from '#platform/request/request-device.ts';
import { ownCookie } from '#platform/request/own-cookie.ts';

/** The maximum lifetime of a cookie in current browsers. */
const lifeMilliseconds = 400 * 24 * 60 * 60 * 1000;
const wellFormed = /^[\w-]{22}$/;

export interface DeviceCookieDependencies {
  readonly issuerUrl: URL;
  readonly slot: RequestDeviceSlot;
}

export function createDeviceCookie({ issuerUrl, slot }: DeviceCookieDependencies) {
  const { name, attributes: shared } = ownCookie(issuerUrl, 'device');
  const attributes = { ...shared, signed: true, maxAge: lifeMilliseconds };

  function deviceOf(ctx: Context): RequestDevice {
    return {
      readId() {
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

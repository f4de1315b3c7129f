// Patch: the sign-in of a device (RFC 8628). Our page replaces oidc-provider's form for user codes, which
// stores a session for every visitor and needs a script. Once our page has checked its form token, it
// passes the confirmed code on, and oidc-provider finds the secret that it expects. The grant of a device
// is not recorded in the browser's session: there, it would replace the grant of the same client, and
// the tokens that are bound to that session would become invalid. The response of the device
// authorization endpoint states the polling interval (§3.2), which oidc-provider omits.
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import { isDeviceRoute } from '#oidc/asynchronous/device-routes.ts';
import { pollingIntervalSeconds } from '#oidc/asynchronous/polling.ts';

declare module 'koa' {
  interface DefaultState {
    /** The secret of a confirmed user code form, which the page has checked. */
    confirmedDeviceForm?: string;
  }
}

interface SessionModel {
  get(ctx: KoaContextWithOIDC): Promise<{ state?: unknown }>;
}

export function separateDeviceSignIn(provider: Provider): void {
  // The published types omit this static method.
  const model = provider.Session as unknown as SessionModel;
  const get = model.get;
  model.get = async function getForDevice(ctx: KoaContextWithOIDC) {
    const session = await get.call(this, ctx);
    const route = ctx.oidc?.route;
    if (!isDeviceRoute(route)) return session;
    // oidc-provider keeps the grant of the request in this object, and reads it back from there.
    const authorization = {};
    Object.defineProperty(session, 'authorizationFor', { value: () => authorization });
    // After an error, oidc-provider would store its form secret in the session, which fails for a session that
    // was never stored.
    Object.defineProperty(session, 'persist', { value: async () => {} });
    const secret = ctx.state.confirmedDeviceForm;
    if (secret !== undefined && route === 'code_verification') session.state = { secret };
    return session;
  };
}

export function announcePollingInterval(provider: Provider): void {
  provider.on('device_authorization.success', (ctx: KoaContextWithOIDC, body: object) => {
    ctx.body = { ...body, interval: pollingIntervalSeconds };
  });
}

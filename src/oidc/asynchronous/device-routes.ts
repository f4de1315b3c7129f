// The routes in which a user approves a device, by oidc-provider's names: with the code, and after the
// sign-in.

const deviceRoutes: readonly unknown[] = ['code_verification', 'device_resume'];

export function isDeviceRoute(route: string | undefined): boolean {
  return deviceRoutes.includes(route);
}

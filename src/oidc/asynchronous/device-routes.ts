// oidc-provider's names of the routes on which a user approves a device: with the code, and after the
// sign-in.

const deviceRoutes: readonly unknown[] = ['code_verification', 'device_resume'];

export function isDeviceRoute(route: string | undefined): boolean {
  return deviceRoutes.includes(route);
}

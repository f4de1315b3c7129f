// Sign-in on devices without a browser or a keyboard (RFC 8628): the page on which a user types the code of a
// device, and the limits on guessing such codes.
import type { Audit } from '#core/audit/audit.service.ts';
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import { createUserCodeThrottle } from './user-code-throttle.service.ts';

export const deviceAuthorizationModule: Module = {
  name: 'device-authorization',
  tables: [],
  mails: [],
};

export interface DeviceAuthorizationDependencies extends Runtime {
  readonly audit: Audit;
}

export function createDeviceAuthorizationModule({
  shortLived: store,
  config,
  audit,
}: DeviceAuthorizationDependencies) {
  const enabled = config.rateLimits === 'on';
  return { userCodeThrottle: createUserCodeThrottle({ store, audit, enabled }) };
}

// Browsers in which a user is not asked for the second factor for some days.
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import { trustedDeviceTables } from './trusted-devices-tables.store.ts';
import { createTrustedDevices } from './trusted-devices.service.ts';
import { createTrustedDeviceStore } from './trusted-devices.store.ts';

export const trustedDevicesModule: Module = {
  name: 'trusted-devices',
  tables: trustedDeviceTables,
  mails: [],
};

export interface TrustedDevicesDependencies extends Runtime {
  readonly audit: Audit;
  readonly invalidation: Invalidation;
}

export function createTrustedDevicesModule(dependencies: TrustedDevicesDependencies) {
  const { audit, invalidation, config, db, now, requestOrigin: origin } = dependencies;
  const { trustedDeviceDays: days } = config;
  const store = createTrustedDeviceStore(db);
  return {
    trustedDevices: createTrustedDevices({ db, store, audit, invalidation, origin, days, now }),
  };
}

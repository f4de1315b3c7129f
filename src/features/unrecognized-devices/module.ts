// Mail about a sign-in on a new device, and the link that reports it.
import { deviceMails } from './unrecognized-devices.mails.ts';
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { AccountCleanup } from '#core/account-data/account-cleanup.service.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import { createUnrecognizedSignIn } from './unrecognized-device.service.ts';
import { userDeviceTables } from './user-devices-tables.store.ts';
import { createDevices } from './user-devices.service.ts';
import { createUserDeviceStore, deviceClauses } from './user-devices.store.ts';

export const unrecognizedDevicesModule: Module = {
  name: 'unrecognized-devices',
  tables: userDeviceTables,
  mails: deviceMails,
};

export interface UnrecognizedDevicesDependencies extends Runtime {
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly blocking: Blocking;
  readonly accountCleanup: AccountCleanup;
}

export function createUnrecognizedDevicesModule(dependencies: UnrecognizedDevicesDependencies) {
  const { audit, outbox, blocking, accountCleanup: cleanup } = dependencies;
  const { config, db, keyring, now, requestOrigin: origin, requestDevice: request } = dependencies;
  const { issuer } = config;
  const devices = createUserDeviceStore(db);
  const parts = { devices, cleanup, blocking, keyring, issuer, now };
  const unrecognizedSignIn = createUnrecognizedSignIn(parts);
  return {
    unrecognizedSignIn,
    deviceClauses,
    devices: createDevices({ request, origin, audit, outbox, unrecognizedSignIn, now }),
  };
}

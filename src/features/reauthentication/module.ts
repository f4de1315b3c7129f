// Confirms the identity of a signed-in user before a sensitive act.
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { SecondFactor } from '#features/mfa/mfa.service.ts';
import type { Passkeys } from '#features/passkeys/passkeys.service.ts';
import { createReauthentication } from './reauthentication.service.ts';

export const reauthenticationModule: Module = { name: 'reauthentication', tables: [], mails: [] };

export interface ReauthenticationModuleDependencies extends Runtime {
  readonly secondFactor: SecondFactor;
  readonly passkeys: Passkeys;
}

export function createReauthenticationModule(dependencies: ReauthenticationModuleDependencies) {
  const { secondFactor, passkeys, now, shortLived: store } = dependencies;
  return { reauthentication: createReauthentication({ store, secondFactor, passkeys, now }) };
}

// Every setting, in the order of the documentation. Each is defined once, in settings/; the type
// of the configuration, the reference page and .env.example follow from the definition.
import { brandingSettings } from './settings/branding.ts';
import { clientCertificateSettings } from './settings/protocol/client-certificates.ts';
import { connectionSettings } from './settings/connections.ts';
import { keySettings } from './settings/keys.ts';
import { mailSettings } from './settings/mail.ts';
import { operationSettings } from './settings/operation.ts';
import { passwordSettings } from './settings/passwords.ts';
import { clientRegistrationSettings, registrationSettings } from './settings/registration.ts';
import { serverSettings } from './settings/server.ts';
import { signInSettings } from './settings/sign-in.ts';
import { storageSettings } from './settings/storage.ts';
import { tokenSettings } from './settings/tokens.ts';
import { traceSettings } from './settings/traces.ts';
import { listSettings, type Settings } from './setting.ts';

export const settings = {
  ...serverSettings,
  ...clientCertificateSettings,
  ...storageSettings,
  ...connectionSettings,
  ...keySettings,
  ...mailSettings,
  ...tokenSettings,
  ...registrationSettings,
  ...clientRegistrationSettings,
  ...signInSettings,
  ...passwordSettings,
  ...brandingSettings,
  ...operationSettings,
  ...traceSettings,
} as const;

/** The sections of the documentation. */
export const sections: readonly (readonly [title: string, settings: Settings])[] = [
  ['Server', serverSettings],
  ['Client certificates', clientCertificateSettings],
  ['Storage', storageSettings],
  ['Connections', connectionSettings],
  ['Keys', keySettings],
  ['Mail', mailSettings],
  ['Tokens', tokenSettings],
  ['Registration', registrationSettings],
  ['Client registration', clientRegistrationSettings],
  ['Sign-in and sessions', signInSettings],
  ['Passwords', passwordSettings],
  ['Branding', brandingSettings],
  ['Operation', operationSettings],
  ['Traces', traceSettings],
];

export const allSettings = listSettings(settings);

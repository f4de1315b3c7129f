// Keys of the installation. In development, development-keys.ts generates those that are not set.
import { cookieKeys, encryptionKeys } from '#config/kinds/keys.ts';
import { setting } from '#config/setting.ts';

export const keySettings = {
  /** The first encrypts, all decrypt. */
  encryptionKeys: setting({
    name: 'ENCRYPTION_KEYS',
    kind: encryptionKeys,
    default: [],
    unset: 'generated and stored in the data directory',
    requiredInProduction: true,
    text: 'Keys for secrets in the database. The first encrypts, all decrypt.',
  }),
  /** The first signs, all verify. */
  cookieKeys: setting({
    name: 'COOKIE_KEYS',
    kind: cookieKeys,
    default: [],
    unset: 'generated and stored in the data directory',
    requiredInProduction: true,
    text: 'Keys that sign cookies. The first signs, all verify.',
  }),
};

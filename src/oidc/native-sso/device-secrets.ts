// The device secret that apps of one group share (OpenID Connect Native SSO 1.0 §3.2). It is derived from the
// session, so it need not be stored and ends with the session.
import { createHmac } from 'node:crypto';
import type { Keyring } from '#platform/crypto/encryption.ts';
import { equalBytes, sha256Text } from '#platform/crypto/hashing.ts';

/** The scope with which an app requests it. */
export const deviceScope = 'device_sso';

export interface DeviceSession {
  readonly sessionUid: string;
  readonly userId: string;
  readonly group: string;
}

export function createDeviceSecrets({ keyring }: { readonly keyring: Pick<Keyring, 'derive'> }) {
  const keys = keyring.derive('device secrets');

  function secretWith(key: Buffer, { sessionUid, userId, group }: DeviceSession): string {
    const subject = JSON.stringify([sessionUid, userId, group]);
    return `${sessionUid}.${createHmac('sha256', key).update(subject).digest('base64url')}`;
  }

  return {
    of(session: DeviceSession): string | undefined {
      const [current] = keys;
      return current && secretWith(current, session);
    },
    /** The session to which a secret claims to belong; `isOf` verifies the claim. */
    sessionUidIn: (secret: string): string => secret.slice(0, secret.lastIndexOf('.')),
    isOf: (secret: string, session: DeviceSession): boolean =>
      keys.some((key) => equalBytes(secret, secretWith(key, session))),
  };
}

export type DeviceSecrets = ReturnType<typeof createDeviceSecrets>;

/** The claim `ds_hash`, which binds an ID token to the secret. */
export function deviceSecretHash(secret: string): string {
  return sha256Text(secret);
}

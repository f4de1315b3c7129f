// Prints the credentials of a user; the JSON output has the form of the API.
import type { Credentials } from '#features/user-administration/credential-administration.service.ts';

export function presentCredentials({ passwordChangedAt, secondFactor, passkeys }: Credentials) {
  const { since, lastUsedAt, recoveryCodesLeft } = secondFactor;
  return {
    password: passwordChangedAt ? { changed_at: passwordChangedAt.toISOString() } : null,
    second_factor: since
      ? {
          added_at: since.toISOString(),
          last_used_at: lastUsedAt?.toISOString() ?? null,
          recovery_codes_left: recoveryCodesLeft,
        }
      : null,
    passkeys: passkeys.map((passkey) => ({
      id: passkey.id,
      name: passkey.name,
      synced: passkey.deviceType === 'multiDevice',
      created_at: passkey.createdAt.toISOString(),
      last_used_at: passkey.lastUsedAt?.toISOString() ?? null,
    })),
  };
}

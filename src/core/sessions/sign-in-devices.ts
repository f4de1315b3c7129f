// The SQL with which a sign-in also stores its device. The feature that recognizes devices provides it, since
// one statement saves the session, its device and the mail about a new device.
import type { User } from '#core/users/users.ts';

export interface DeviceSignIn {
  readonly user: User;
  readonly sessionUid: string;
  readonly clientId: string | undefined;
}

export interface SignInDevice {
  /** SHA-256 of the device cookie; a column of the session. */
  readonly deviceId: Buffer;
  /** Values of the placeholders that `DeviceClauses` uses beyond those of the session. */
  readonly values: readonly unknown[];
}

export interface SignInDevices {
  /** Returns the values that a sign-in stores about its device. */
  readonly traceSignIn: (signIn: DeviceSignIn) => SignInDevice;
}

/**
 * Writes the CTEs that follow one named `saved`, which returns a row if the session was saved. One of
 * them is named `alarmed` and returns a row if the user is notified about the device.
 * @param places placeholders for user, device and time
 * @param from number of the first placeholder of `SignInDevice.values`
 */
export type DeviceClauses = (
  places: Readonly<Record<'user' | 'device' | 'at', string>>,
  from: number,
) => string;

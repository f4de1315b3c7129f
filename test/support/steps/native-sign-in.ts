// Users and installations for sign-ins in an app.
import { createNativeApp, nativeClient } from '#test/support/actors/native-app.ts';
import type { Person } from '#test/support/actors/relying-party.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';
import { signInOwn } from '#test/support/steps/passkeys.ts';
import { setUpCodes } from '#test/support/steps/totp.ts';

/** An installation of an app with native sign-in, whose registration the facts change. */
export async function newNativeApp(nodes: Nodes, facts: Readonly<Record<string, unknown>> = {}) {
  return createNativeApp(nodes, await nodes.createClient({ ...nativeClient, ...facts }));
}

/** The fields of a step with the password. */
export const passwordStep = ({ email: username, password }: Person) =>
  ({ method: 'password', username, password }) as const;

/** A user whose password is not enough. */
export async function createUserWithCodes(nodes: Nodes) {
  const person = await nodes.createUser();
  const browser = nodes.browser();
  await signInOwn(browser, person);
  return { person, ...(await setUpCodes(browser, person)) };
}

// Names of passkey providers and security keys by AAGUID (WebAuthn §6.5.1). Without attestation an
// AAGUID is not proven, so the name is only a label that users can change.
import listed from '../../../../data/passkey-providers.json' with { type: 'json' };

const names: ReadonlyMap<string, string> = new Map(Object.entries(listed));

/** `undefined` for an authenticator that is not listed or hides its model behind zeros. */
export function providerOfAaguid(aaguid: string): string | undefined {
  return names.get(aaguid.toLowerCase());
}

/** Adds a number if the user has a passkey of that name, so that the names can be told apart. */
export function distinctName(name: string, taken: readonly string[]): string {
  let next = name;
  for (let number = 2; taken.includes(next); number += 1) next = `${name} ${number}`;
  return next;
}

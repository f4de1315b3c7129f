// The code that a device shows and that a user types (RFC 8628 §6.1): eight letters, without vowels,
// so that no word is spelled.

/** oidc-provider's options: the alphabet, and the format of the code. */
export const userCodeCharset = 'base-20';
export const userCodeMask = '****-****';

const wellFormed = /^[BCDFGHJKLMNPQRSTVWXZ]{8}$/;

/** Longer input cannot be a code with separators. */
const maxTypedLength = 40;

/**
 * The code without separators, as it is stored. Lower case, spaces and any or no dash are accepted. Returns
 * `undefined` if the input cannot be a code.
 */
export function readUserCode(typed: string): string | undefined {
  if (typed.length > maxTypedLength) return undefined;
  const letters = typed
    .normalize('NFKC')
    .replaceAll(/[\s\p{Dash}.,_]/gu, '')
    .toUpperCase();
  return wellFormed.test(letters) ? letters : undefined;
}

/** As the device shows it: `WDJB-MJHT`. */
export function formatUserCode(userCode: string): string {
  return `${userCode.slice(0, 4)}-${userCode.slice(4)}`;
}

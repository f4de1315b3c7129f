// Rules about second factors: how many wrong codes are one too many, and what codes look like.
import { latinDigits } from '#http/i18n/languages.ts';

/** Wrong codes after which no further one is looked at for a while (NIST SP 800-63B-4 3.2.2). */
export const mostWrongCodes = 10;
const shortestLockSeconds = 15 * 60;
const longestLockSeconds = 24 * 60 * 60;

export const recoveryCodeCount = 10;

/** Seconds for which the factor is locked after so many wrong codes in a row; 0: not at all. */
export function lockAfter(failures: number): number {
  if (failures < mostWrongCodes) return 0;
  const rounds = failures - mostWrongCodes;
  return Math.min(shortestLockSeconds * 2 ** Math.min(rounds, 10), longestLockSeconds);
}

export type TypedCode =
  | { readonly kind: 'totp'; readonly code: string }
  | { readonly kind: 'recovery'; readonly code: string };

/** 80 bits in the alphabet of RFC 4648 base32, as people copy them: any case, spaces and hyphens. */
const recoveryForm = /^[A-Z2-7]{16}$/;

/** What somebody typed; `undefined`: it can be neither. */
export function readTypedCode(text: string): TypedCode | undefined {
  const code = latinDigits(text.normalize('NFKC')).replaceAll(/[\s-]/g, '').toUpperCase();
  if (/^\d{6}$/.test(code)) return { kind: 'totp', code };
  // Nobody tells 0 from O and 1 from I on paper; the alphabet has only letters there.
  const read = code.replaceAll('0', 'O').replaceAll('1', 'I');
  return recoveryForm.test(read) ? { kind: 'recovery', code: read } : undefined;
}

/** In groups of four, as it is shown. */
export function showRecoveryCode(code: string): string {
  return code.match(/.{4}/g)?.join('-') ?? code;
}

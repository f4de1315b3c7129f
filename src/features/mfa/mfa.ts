// Rules for the second factor: lockout after wrong codes, and the format of codes.
import { latinDigits } from '#http/i18n/languages.ts';

/**
 * Number of wrong codes after which further codes are refused for a while (NIST SP 800-63B-4
 * §3.2.2).
 */
export const maxWrongCodes = 10;
const minLockSeconds = 15 * 60;
const maxLockSeconds = 24 * 60 * 60;

export const recoveryCodeCount = 10;

/** Lockout in seconds after so many wrong codes in a row; 0: no lockout. */
export function lockAfter(failures: number): number {
  if (failures < maxWrongCodes) return 0;
  const rounds = failures - maxWrongCodes;
  return Math.min(minLockSeconds * 2 ** Math.min(rounds, 10), maxLockSeconds);
}

export type TypedCode =
  | { readonly kind: 'totp'; readonly code: string }
  | { readonly kind: 'recovery'; readonly code: string };

/** 80 bits in base32 (RFC 4648 §6). Users may type any case, spaces and hyphens. */
const recoveryForm = /^[A-Z2-7]{16}$/;

/** Parses what the user typed; `undefined`: it can be neither kind of code. */
export function readTypedCode(text: string): TypedCode | undefined {
  const code = latinDigits(text.normalize('NFKC')).replaceAll(/[\s-]/g, '').toUpperCase();
  if (/^\d{6}$/.test(code)) return { kind: 'totp', code };
  // On paper, 0 and O as well as 1 and I are easily confused; base32 contains only the letters.
  const read = code.replaceAll('0', 'O').replaceAll('1', 'I');
  return recoveryForm.test(read) ? { kind: 'recovery', code: read } : undefined;
}

/** Formats a recovery code for display, in groups of four characters. */
export function showRecoveryCode(code: string): string {
  return code.match(/.{4}/g)?.join('-') ?? code;
}

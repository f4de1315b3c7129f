// Rules for passwords (NIST SP 800-63B-4 §3.1.1.2): length and guessable words, no composition
// rules. Hashing is in platform/crypto/password-hashing.ts.

export type PasswordFault =
  | 'too_short'
  | 'too_long'
  | 'repetitive'
  | 'common'
  | 'contains_email'
  | 'contains_product';

export type PasswordCheck =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: PasswordFault };

export interface PasswordContext {
  readonly email: string;
  readonly name?: string | undefined;
  readonly productName: string;
  /** In code points. */
  readonly minimumLength: number;
  /** Whether a word is on the list of common passwords; called with lower-case words. */
  isCommon(word: string): boolean;
}

/** Sequences of adjacent keys, row by row and zigzag. */
const keyboardWalks = [
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
  'azertyuiopqsdfghjklmwxcvbn',
  'qazwsxedcrfvtgbyhnujmikolp',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0',
];

/** In code points. A longer password is refused, never truncated. */
export const maxPasswordLength = 256;

export function checkPassword(password: string, context: PasswordContext): PasswordCheck {
  const length = countCodePoints(password.normalize('NFC'));
  if (length < context.minimumLength) return refuse('too_short');
  if (length > maxPasswordLength) return refuse('too_long');

  const text = fold(password);
  if (holdsAddress(text, fold(context.email))) return refuse('contains_email');
  if (holdsWord(text, fold(context.productName))) return refuse('contains_product');
  if (isRepetitive(text)) return refuse('repetitive');
  return isGuessable(text, context) ? refuse('common') : { ok: true };
}

function refuse(reason: PasswordFault): PasswordCheck {
  return { ok: false, reason };
}

function holdsAddress(text: string, email: string): boolean {
  const [local = ''] = email.split('@');
  return (email !== '' && text.includes(email)) || holdsWord(text, local);
}

/** A long word counts anywhere, a short one only if little else remains of the password. */
function holdsWord(text: string, word: string): boolean {
  const length = countCodePoints(word);
  if (length < 3) return false;
  if (length < 6) return countCodePoints(text.replaceAll(word, '')) < 8;
  const bare = squeeze(word);
  return text.includes(word) || (bare !== '' && squeeze(text).includes(bare));
}

/** Few distinct characters, a short repeated piece, or one sequence such as 1234567890. */
function isRepetitive(text: string): boolean {
  const points = toCodePoints(text);
  return new Set(points).size < 5 || findPeriod(points) <= 4 || isRun(points);
}

/**
 * The whole is common, or a repeated common word, or a common word with little around it:
 * "Password2024!!!!!", but not "my password is a long sentence".
 */
function isGuessable(text: string, context: PasswordContext): boolean {
  if (isKnown(text, context)) return true;
  const pieces = splitKinds(text);
  if (pieces.length > 3) return false;
  return (
    pieces.some((piece) => isKnown(piece, context)) &&
    pieces.every((piece) => isKnown(piece, context) || isFiller(piece))
  );
}

function isKnown(word: string, context: PasswordContext): boolean {
  const piece = minPieceLength(word);
  if (context.isCommon(word) || context.isCommon(piece)) return true;
  return wordsAbout(context).includes(piece);
}

/** Words that are easily guessed for this user: parts of the name and of the email address. */
function wordsAbout({ email, name = '' }: PasswordContext): string[] {
  const pieces = [...fold(email).split(/[^\p{L}\p{N}]+/u), ...fold(name).split(/\s+/)];
  return [...pieces, squeeze(fold(name))].filter((word) => countCodePoints(word) >= 3);
}

function isFiller(piece: string): boolean {
  return countCodePoints(piece) <= 4 || isRepetitive(piece);
}

/** The unit that a repetitive text consists of; the whole text if it is not repetitive. */
function minPieceLength(text: string): string {
  const points = toCodePoints(text);
  return points.slice(0, findPeriod(points)).join('');
}

/** The length of the shortest piece that fills the text at least twice, else the whole length. */
function findPeriod(points: readonly string[]): number {
  for (let period = 1; period <= points.length / 2; period += 1) {
    if (points.every((point, at) => at < period || point === points[at - period])) return period;
  }
  return points.length;
}

/** Consecutive letters, digits or keys, in either direction. */
function isRun(points: readonly string[]): boolean {
  const [up, down] = [points.join(''), points.toReversed().join('')];
  return [up, down].some(
    (text) => isAscending(text) || keyboardWalks.some((walk) => walk.includes(text)),
  );
}

/** 0 comes before 1 and after 9. */
function isAscending(text: string): boolean {
  const codes = toCodePoints(text).map((point) => point.codePointAt(0) ?? 0);
  return codes.every((code, at) => {
    const before = codes[at - 1];
    if (before === undefined) return true;
    return code - before === 1 || (before === 0x39 && code === 0x30);
  });
}

/** Splits into runs of letters, of digits and of other characters. */
function splitKinds(text: string): readonly string[] {
  return text.match(/[\p{L}\p{M}]+|\p{N}+|[^\p{L}\p{M}\p{N}]+/gu) ?? [];
}

function squeeze(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N}]/gu, '');
}

function fold(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/** NIST counts each code point as one character, even if several form one grapheme. */
function toCodePoints(text: string): readonly string[] {
  return Array.from(text);
}

function countCodePoints(text: string): number {
  return toCodePoints(text).length;
}

// Files that banned-words.test.ts does not check, because a word in them is part of stored data or of
// a derived key. The list may only become shorter; a test fails on an exception that is not needed.
export const exceptions: readonly string[] = [
  'src/features/email-tokens/email-tokens.service.ts',
  'src/features/email-tokens/email-tokens.store.ts',
  'src/http/rate-limit/rate-limits.ts',
];

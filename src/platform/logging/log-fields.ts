// Decides which fields of a log call are written: an allow list of fields, and masks for free text.
// Levels, format and destination are in log.ts.

/** Written verbatim, truncated to 256 characters: identifiers that grant no access. */
const plainFields = new Set(
  `event reason outcome kind name errorCode oauthError signal task command version environment
   requestId awsRequestId upstreamRequestId method route address host network issuer locale view
   userId clientId grantId sessionUid familyId interactionUid role by
   grantType scope scopes audience resource prompt prompts kid alg keyId
   statement table migration space store setting
   trace_id span_id awsRequestId until filter operation system`.split(/\s+/),
);
/** Written with email addresses, credentials and long random words masked. */
const textFields = new Set(['path', 'detail', 'message', 'userAgent', 'description']);
/** Never written, whatever their type: a six-digit code is a number too. */
const secretName = /passw|secret|token|cookie|^code$|otp|^pin$|credential|authorization|verifier/i;

const maxTextLength = 256;
const maxListLength = 20;
const maxStackLength = 4_000;
const deepestCause = 4;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Returns the fields of one line, each passed, masked or withheld; nothing is passed by reference.
 */
export function presentFields(fields: Fields): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) shown[name] = present(name, value);
  }
  return shown;
}

function present(name: string, value: unknown): unknown {
  if (name === 'err' || value instanceof Error) return presentError(value);
  if (typeof value === 'boolean' || value === null) return value;
  if (plainFields.has(name) && typeof value === 'string') return cut(value, maxTextLength);
  if (plainFields.has(name) && isTextList(value)) {
    return value.slice(0, maxListLength).map((each) => cut(each, maxTextLength));
  }
  if (textFields.has(name) && typeof value === 'string') return maskText(value);
  if (typeof value === 'number' && !secretName.test(name)) return value;
  if (value instanceof Date) return value;
  return '[withheld]';
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

/**
 * Type, code, message, stack and causes. Other members may contain rows, commands or whole
 * requests.
 */
function presentError(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = 'code' in error ? error.code : undefined;
  return {
    type: cut(error.name, maxTextLength),
    message: maskText(error.message),
    ...(typeof code === 'string' || typeof code === 'number' ? { code: cut(`${code}`, 64) } : {}),
    ...(error.stack === undefined ? {} : { stack: presentStack(error.stack) }),
    ...(error.cause !== undefined && depth < deepestCause
      ? { cause: presentError(error.cause, depth + 1) }
      : {}),
  };
}

/** Keeps the stack frames only: the lines before them repeat the unmasked message. */
function presentStack(stack: string): string {
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return cut(frames.map((line) => line.trim()).join('\n'), maxStackLength);
}

/**
 * Masks text that could grant access or identify a user: credentials in URLs, email addresses,
 * random words.
 */
export function maskText(text: string): string {
  if (text.length < 32 && !/@|eyJ/.test(text)) return text;
  return cut(text, 1_024)
    .replaceAll(/:\/\/[^\s/@]+@/g, '://[masked]@')
    .replaceAll(/[^\s@<>"'(),:;]+@(?=[^\s@]+\.)/g, '[masked]@')
    .replaceAll(/\beyJ[\w.-]+/g, '[masked]')
    .replaceAll(/[\w+=-]{32,}/g, (word) => (isRandom(word) ? '[masked]' : word));
}

/**
 * Long host names and UUIDs stay readable: they have no capital letters or are split by hyphens.
 */
function isRandom(word: string): boolean {
  return (/[a-z]/.test(word) && /[A-Z]/.test(word)) || /[0-9a-fA-F]{32}/.test(word);
}

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}...`;
}

// JSON lists of objects. The objects are validated by the modules that use them.
import type { Kind } from '#config/setting.ts';

const maxBytes = 1024 * 1024;

export const jsonList: Kind<readonly unknown[]> = {
  values: 'a JSON list of objects',
  // Not secret, but too long to be repeated in a message.
  secret: true,
  parse(text) {
    if (Buffer.byteLength(text) > maxBytes) {
      throw new Error(`must not be longer than ${maxBytes} bytes`);
    }
    const value = parseJson(text);
    if (!Array.isArray(value)) throw new Error('must be a JSON list');
    return value;
  },
  comparable: JSON.stringify,
};

/** @throws Error that says what is wrong, without repeating the text */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof SyntaxError ? cause.message.slice(0, 80) : 'unreadable';
    throw new Error(`must be JSON (${why})`, { cause });
  }
}

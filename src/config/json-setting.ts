// Settings whose value is a JSON list of objects. The objects are validated by the modules that use
// them.
import type { Setting } from './setting-kinds.ts';

const largestBytes = 1024 * 1024;

export function jsonList(
  name: string,
  about: { readonly meaning: string; readonly unset: string },
): Setting<readonly unknown[]> {
  return {
    name,
    ...about,
    bounds: 'a JSON list of objects',
    // Not secret, but too long to be repeated in a message.
    secret: true,
    read(text) {
      if (Buffer.byteLength(text) > largestBytes) {
        throw new Error(`must not be longer than ${largestBytes} bytes`);
      }
      const value = parse(text);
      if (!Array.isArray(value)) throw new Error('must be a JSON list');
      return value;
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof SyntaxError ? cause.message.slice(0, 80) : 'unreadable';
    throw new Error(`must be JSON (${why})`, { cause });
  }
}

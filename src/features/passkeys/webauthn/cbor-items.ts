// Finds the end of a CBOR item (RFC 8949 §3, definite lengths only). Common decoders accept
// truncated input when a length exceeds the available bytes; this function rejects it.

const deepest = 16;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The position after the item that begins at `start`; `undefined`: the item is truncated or not
 * well formed.
 */
export function endOfCborItem(bytes: Uint8Array, start = 0, depth = 0): number | undefined {
  const head = depth < deepest ? readHead(bytes, start) : undefined;
  if (!head) return undefined;
  const { majorType, argument, end } = head;
  if (majorType === 2 || majorType === 3) return endOfString(bytes, head);
  if (majorType === 4) return endOfItems(bytes, end, argument, depth);
  if (majorType === 5) return endOfItems(bytes, end, argument * 2, depth);
  if (majorType === 6) return endOfItems(bytes, end, 1, depth);
  return end;
}

interface Head {
  readonly majorType: number;
  readonly argument: number;
  readonly end: number;
}

/** The initial byte and its argument. Additional information above 27 has no definite length. */
function readHead(bytes: Uint8Array, start: number): Head | undefined {
  const first = bytes[start];
  if (first === undefined) return undefined;
  const [majorType, information] = [first >> 5, first & 31];
  if (information < 24) return { majorType, argument: information, end: start + 1 };
  if (information > 27) return undefined;
  const size = 2 ** (information - 24);
  const end = start + 1 + size;
  if (end > bytes.length) return undefined;
  // Exact below 2^53; a larger length exceeds the input in any case.
  const argument = bytes.subarray(start + 1, end).reduce((sum, byte) => sum * 256 + byte, 0);
  return { majorType, argument, end };
}

function endOfString(bytes: Uint8Array, { majorType, argument, end }: Head): number | undefined {
  const behind = end + argument;
  if (behind > bytes.length) return undefined;
  return majorType === 2 || isUtf8(bytes.subarray(end, behind)) ? behind : undefined;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    utf8.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Every item takes at least one byte, so an excessive count ends the loop early. */
function endOfItems(bytes: Uint8Array, start: number, count: number, depth: number) {
  let end: number | undefined = start;
  for (let item = 0; item < count && end !== undefined; item += 1) {
    end = endOfCborItem(bytes, end, depth + 1);
  }
  return end;
}

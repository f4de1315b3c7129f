// Reads the wire format of Protocol Buffers, without a schema:
// https://protobuf.dev/programming-guides/encoding/

export interface Field {
  readonly number: number;
  /** The bytes of a nested message, text or fixed-size number; empty for a varint. */
  readonly bytes: Buffer;
  readonly varint: bigint;
}

export function readMessage(bytes: Buffer): readonly Field[] {
  const fields: Field[] = [];
  let at = 0;

  function readVarint(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at] ?? 0;
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  function take(length: number): Buffer {
    at += length;
    return bytes.subarray(at - length, at);
  }

  const none = Buffer.alloc(0);
  while (at < bytes.length) {
    const tag = Number(readVarint());
    const number = tag >> 3;
    const wireType = tag & 7;
    if (wireType === 0) fields.push({ number, bytes: none, varint: readVarint() });
    else if (wireType === 1) fields.push({ number, bytes: take(8), varint: 0n });
    else if (wireType === 2) fields.push({ number, bytes: take(Number(readVarint())), varint: 0n });
    else if (wireType === 5) fields.push({ number, bytes: take(4), varint: 0n });
    else throw new Error(`unknown wire type ${wireType}`);
  }
  return fields;
}

export function nested(fields: readonly Field[], number: number): readonly Buffer[] {
  return fields.filter((field) => field.number === number).map(({ bytes }) => bytes);
}

export function textOf(fields: readonly Field[], number: number): string {
  return nested(fields, number)[0]?.toString() ?? '';
}

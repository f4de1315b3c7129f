// Writes the export document as human-readable JSON with a signature that can be verified with the
// public keys of the issuer. Writing and signing are streamed, so memory use does not grow with the
// size of the document.
import { createPrivateKey, createSign } from 'node:crypto';
import type { JWK } from 'jose';
import { canonicalJson } from '#platform/canonical-json.ts';

/** Explicit typing, so that the signature cannot be mistaken for a token (RFC 8725 §3.11). */
export const exportType = 'personal-data+jws';
export const exportAlgorithm = 'ES256';

export interface DocumentPart {
  readonly name: string;
  /** A single value, or a list that is read page by page. */
  readonly content:
    | { readonly value: Readonly<Record<string, unknown>> }
    | { readonly pages: () => AsyncIterable<readonly unknown[]> };
}

/** Yields the text of `{ "data": { parts }, "signature": "..." }` in pieces. */
export async function* writeDocument(
  parts: readonly DocumentPart[],
  key: JWK,
): AsyncGenerator<string> {
  const signer = createDetachedSigner(key);
  signer.update('{');
  yield '{\n  "data": {';
  let comma = '';
  // The order of members that RFC 8785 §3.2.3 prescribes for the signed text.
  for (const { name, content } of parts.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    signer.update(`${comma}${JSON.stringify(name)}:`);
    yield `${comma}\n    ${JSON.stringify(name)}: `;
    comma = ',';
    if ('value' in content) {
      signer.update(canonicalJson(content.value));
      yield setIn(content.value, 4);
      continue;
    }
    yield* writeList(content.pages(), signer);
  }
  signer.update('}');
  yield `\n  },\n  "signature": ${JSON.stringify(signer.sign())}\n}\n`;
}

async function* writeList(
  pages: AsyncIterable<readonly unknown[]>,
  signer: DetachedSigner,
): AsyncGenerator<string> {
  signer.update('[');
  yield '[';
  let comma = '';
  for await (const page of pages) {
    let text = '';
    for (const entry of page) {
      signer.update(`${comma}${canonicalJson(entry)}`);
      text += `${comma}\n      ${setIn(entry, 6)}`;
      comma = ',';
    }
    yield text;
  }
  signer.update(']');
  yield comma === '' ? ']' : '\n    ]';
}

/** Indents the JSON text; safe because JSON escapes line breaks inside of strings. */
function setIn(value: unknown, spaces: number): string {
  return JSON.stringify(value, null, 2).replaceAll('\n', `\n${' '.repeat(spaces)}`);
}

type DetachedSigner = ReturnType<typeof createDetachedSigner>;

/**
 * Creates a compact JWS with detached payload (RFC 7515 appendix F), which is signed as a stream.
 */
function createDetachedSigner(key: JWK) {
  const header = { alg: exportAlgorithm, kid: key.kid, typ: exportType };
  const protectedHeader = Buffer.from(JSON.stringify(header)).toString('base64url');
  const sign = createSign('SHA256').update(`${protectedHeader}.`);
  let rest: Buffer = Buffer.alloc(0);
  return {
    update(text: string): void {
      const bytes = Buffer.concat([rest, Buffer.from(text)]);
      // Base64 encodes groups of three bytes; only the encodings of whole groups can be
      // concatenated.
      const whole = bytes.length - (bytes.length % 3);
      sign.update(bytes.subarray(0, whole).toString('base64url'));
      rest = bytes.subarray(whole);
    },
    sign(): string {
      sign.update(rest.toString('base64url'));
      const privateKey = createPrivateKey({ key: { ...key }, format: 'jwk' });
      const signature = sign.sign({ key: privateKey, dsaEncoding: 'ieee-p1363' });
      return `${protectedHeader}..${signature.toString('base64url')}`;
    },
  };
}

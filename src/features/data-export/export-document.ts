// The text of a copy: people can read it, and anybody can prove with our public keys that it is as we
// wrote it. It is written and signed as it comes, so that a long one takes no more memory than a
// short one.
import { createPrivateKey, createSign } from 'node:crypto';
import type { JWK } from 'jose';
import { canonicalJson } from '#platform/canonical-json.ts';

/** Of its own: whoever looks at it takes the signature for no token (RFC 8725 3.11). */
export const exportType = 'personal-data+jws';
export const exportAlgorithm = 'ES256';

export interface DocumentPart {
  readonly name: string;
  /** One value, or pages of a list. */
  readonly content:
    | { readonly value: Readonly<Record<string, unknown>> }
    | { readonly pages: () => AsyncIterable<readonly unknown[]> };
}

/** `{ "data": { parts }, "signature": "..." }`, piece by piece. */
export async function* writeDocument(
  parts: readonly DocumentPart[],
  key: JWK,
): AsyncGenerator<string> {
  const signer = createDetachedSigner(key);
  signer.update('{');
  yield '{\n  "data": {';
  let comma = '';
  // In the order in which RFC 8785 has them signed.
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

/** Inside of JSON a line break is always ours. */
function setIn(value: unknown, spaces: number): string {
  return JSON.stringify(value, null, 2).replaceAll('\n', `\n${' '.repeat(spaces)}`);
}

type DetachedSigner = ReturnType<typeof createDetachedSigner>;

/** A compact JWS without its payload (RFC 7515 appendix F), which is signed as it arrives. */
function createDetachedSigner(key: JWK) {
  const header = { alg: exportAlgorithm, kid: key.kid, typ: exportType };
  const protectedHeader = Buffer.from(JSON.stringify(header)).toString('base64url');
  const sign = createSign('SHA256').update(`${protectedHeader}.`);
  let rest: Buffer = Buffer.alloc(0);
  return {
    update(text: string): void {
      const bytes = Buffer.concat([rest, Buffer.from(text)]);
      // Base64 goes by three bytes: only whole threes can be joined.
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

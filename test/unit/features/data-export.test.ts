// A data export is written in chunks, so that memory use does not grow with its size.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLocalJWKSet, exportJWK, flattenedVerify, generateKeyPair } from 'jose';
import { canonicalJson } from '#platform/canonical-json.ts';
import { writeDocument, type DocumentPart } from '#features/data-export/export-document.ts';

async function aKey() {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const named = { kid: 'one', alg: 'ES256' };
  return {
    key: { ...(await exportJWK(privateKey)), ...named },
    keys: createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), ...named }] }),
  };
}

function listOf(pages: number, perPage: number): DocumentPart {
  return {
    name: 'activity',
    content: {
      async *pages() {
        for (let page = 0; page < pages; page += 1) {
          yield Array.from({ length: perPage }, (_, place) => ({
            at: '2026-05-04T12:00:00.000Z',
            event: `thing.happened ${page * perPage + place}`,
          }));
        }
      },
    },
  };
}

describe('data export document', () => {
  it('is JSON with a signature over the canonical form of its data, for any content', async () => {
    const { key, keys } = await aKey();
    const strange = { 'z"\n': ['ö 漢字 🙂 \u2028', '\ud800', 1e21, -0, null], a: { b: [], c: {} } };
    const parts: DocumentPart[] = [
      { name: 'zebra', content: { value: strange } },
      { name: 'about', content: { value: { left: undefined, n: 1.5 } } },
      listOf(2, 3),
      { ...listOf(0, 0), name: 'none' },
    ];

    let text = '';
    for await (const piece of writeDocument(parts, key)) text += piece;

    const { data, signature } = JSON.parse(text);
    assert.deepEqual(Object.keys(data), ['about', 'activity', 'none', 'zebra']);
    assert.equal(data.activity.length, 6);
    assert.deepEqual(data.none, []);
    assert.equal(data.zebra['z"\n'][0], 'ö 漢字 🙂 \u2028');
    const [header, , proof] = signature.split('.');
    const payload = Buffer.from(canonicalJson(data)).toString('base64url');
    const { protectedHeader } = await flattenedVerify(
      { protected: header, payload, signature: proof },
      keys,
    );
    assert.deepEqual(protectedHeader, { alg: 'ES256', kid: 'one', typ: 'personal-data+jws' });
  });

  it('is produced in chunks whose size does not grow with the document', async () => {
    const { key } = await aKey();
    let longest = 0;
    let total = 0;

    for await (const piece of writeDocument([listOf(200, 500)], key)) {
      longest = Math.max(longest, piece.length);
      total += piece.length;
    }

    assert.ok(total > 9_000_000, String(total));
    assert.ok(longest < 80_000, String(longest));
  });
});

// Examples of the commands about keys.
import assert from 'node:assert/strict';
import type { TestApp } from '#test/support/app.ts';
import { shapeOf, type Examples, type Shape } from './example.ts';

const heading = String.raw`KID +ALGORITHM +STATUS +CREATED +CHANGES\n`;
const row = (status: string, change: string): string =>
  String.raw`[\w-]{43} +(?:ES256|RS256|PS256|EdDSA|Ed25519) +${status} +\S+Z +${change} \S+Z\n`;

const unused = {
  kid: 'text',
  alg: 'text',
  status: 'text',
  created_at: 'text',
  activated_at: null,
  activates_at: null,
  retires_at: null,
  retired_at: null,
  revoked: 'flag',
};
const active = { ...unused, activated_at: 'text' };
const revoked = { ...active, retired_at: 'text' };
/** The key was revoked before it signed. */
const neverUsed = { ...unused, retired_at: 'text' };

/** Earlier examples leave keys of any state behind. */
function listOf(...allowed: readonly Shape[]) {
  return (document: unknown): void => {
    assert.ok(Array.isArray(document) && document.length >= 5);
    const known = new Set(allowed.map((shape) => JSON.stringify(shape)));
    for (const key of document) assert.ok(known.has(JSON.stringify(shapeOf(key))), String(key));
  };
}

const algorithm = {
  alg: 'text',
  active: 'text',
  active_since: 'text',
  next: null,
  next_published_at: 'text',
  next_signs_at: null,
  retiring: [],
};
const encryptionKey = {
  id: 'text',
  state: 'text',
  rows: 'number',
  refresh_tokens: 'number',
  removable_at: null,
};

export const keyExamples: Examples = {
  'key list': {
    prepare: async (app) => {
      await app.services.keyRotation.replaceAll({ kind: 'operator' });
      return { args: [] };
    },
    text: new RegExp(
      `^${heading}(?:${row('revoked', 'retired')})+(?:${row('active', 'signs since')}){5}$`,
    ),
    json: listOf(active, revoked, neverUsed),
  },
  'key status': {
    prepare: async (app) => {
      await app.services.keyRotation.replaceAll({ kind: 'operator' });
      return { args: [] };
    },
    text: /^Signing keys are replaced after 90 days\.\n\nALGORITHM +SIGNS SINCE +NEXT KEY +RETIRING\n(?:\S+ +\S+Z +published from \S+Z +0\n){5}\nKeys of ENCRYPTION_KEYS\n\nID +ROWS +REFRESH TOKENS +STATE\ntest +\d+ +\d+ +encrypts\n\nEncrypted with the first key\n\nCOLUMN +ROWS +DONE +BY KEY\n(?:\S+ +\d+ of \d+ +100 %.*\n)+$/,
    json(document) {
      const { signing, encryption } = Object(document);
      assert.deepEqual(shapeOf(signing), {
        rotation_days: 'number',
        lead_seconds: 'number',
        algorithms: [algorithm],
      });
      assert.deepEqual(shapeOf(encryption.keys), [encryptionKey]);
      assert.deepEqual(Object.keys(encryption.columns[0]), [
        'table',
        'column',
        'total',
        'done',
        'percent',
        'complete',
        'rows_by_key',
      ]);
    },
  },
  'key rotate': {
    prepare: () => ({ args: ['--now', '--yes'] }),
    text: new RegExp(
      `^Every earlier key is retired, and what it signed is no longer accepted\\.\\n\\n${heading}(?:${row('revoked', 'retired')})+(?:${row('active', 'signs since')}){5}$`,
    ),
    json: listOf(active, revoked, neverUsed),
  },
  'key retire': {
    prepare: async (app) => ({ args: [await nextKeyOf(app), '--yes'] }),
    text: /^The key is retired, and what it signed is no longer accepted: [\w-]{43}\n$/,
    json: neverUsed,
  },
};

async function nextKeyOf({ services }: TestApp): Promise<string> {
  const keys = await services.keyRotation.begin({ kind: 'operator' });
  return keys.find(({ status }) => status === 'next')?.kid ?? '';
}

// Examples of the commands about configuration files.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Examples, Shape } from './example.ts';

const counts = { create: 'number', update: 'number', delete: 'number', unchanged: 'number' };
const change = {
  action: 'text',
  kind: 'text',
  key: 'text',
  fields: [],
  effects: [],
  receipt: null,
} satisfies Shape;

export const configurationExamples: Examples = {
  apply: {
    async prepare() {
      const path = join(await mkdtemp(join(tmpdir(), 'ostiary-example-')), 'ostiary.yaml');
      await writeFile(path, `version: 1\nroles:\n  role-${randomUUID()}: {}\n`);
      return { args: [path] };
    },
    text: /^\+ roles\.role-[\w-]{36}\n1 created, 0 updated, 0 deleted, 0 unchanged\.\n$/,
    json: { applied: 'flag', changes: [change], counts },
  },
  'apply-document': {
    prepare: () => ({ args: ['--document'], stdin: '{"sections":[]}' }),
    text: /^$/,
    json: { applied: 'flag', changes: [], counts },
  },
  export: {
    prepare: () => ({ args: [] }),
    text: /^# Configuration of Ostiary, printed by "ostiary export"\.\n(?:#.*\n)+\nversion: 1\n\nresources:[^]*\n\nclients:[^]*\n\nroles:[^]*\n\ngroups:[^]*\n\norganizations:[^]*\n\nidentity_providers:[^]*\n\nbranding:[^]*\n$/,
    json(document) {
      assert.deepEqual(Object.keys(Object(document)), [
        'version',
        'resources',
        'clients',
        'roles',
        'groups',
        'organizations',
        'identity_providers',
        'branding',
        'webhooks',
      ]);
    },
  },
};

// docs/serverless.md: each command is run by a test, or marked as needing an account or a container.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { allSettings } from '#config/settings.ts';
import { readTemplate } from '#test/support/serverless/sam-template.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/serverless.md'), 'utf8');

/** Commands with the test that runs them. */
const tested: Readonly<Record<string, string>> = {
  'npm run lambda:local': 'test/integration/serverless/local-functions.test.ts',
  'npm run lambda:build -- --architecture x86_64': 'test/support/serverless/functions.ts',
  'npm run lambda:local -- --artifact dist/lambda':
    'test/integration/serverless/local-functions.test.ts',
  'sam validate --lint': 'test/serverless/sam-build.ts',
  'sam build': 'test/serverless/sam-build.ts',
};

describe('docs/serverless.md', () => {
  it('has commands that a test runs, or that are marked', () => {
    const blocks = [...page.matchAll(/([^\n]*)\n\n```sh\n([^]*?)```/g)];
    const unmarked = blocks.filter(
      ([, before = '']) => !/Needs (?:an AWS account|Docker)\b/.test(before),
    );
    const commands = unmarked.flatMap(([, , code = '']) => code.trim().split('\n'));
    assert.deepEqual(commands.toSorted(), Object.keys(tested).toSorted());
  });

  it('names existing settings and parameters', () => {
    const names = new Set(allSettings.map(({ setting }) => setting.name));
    const known = (name: string) => names.has(name) || names.has(name.replace(/_FILE$/, ''));
    const settings = [...page.matchAll(/`([A-Z]{3,}(?:_[A-Z]+)+)[`=]/g)].map(
      ([, name = '']) => name,
    );
    assert.deepEqual(
      settings.filter((name) => !known(name)),
      [],
    );
    const { Parameters } = readTemplate();
    for (const name of Object.keys(Parameters)) assert.ok(page.includes(`\`${name}\``), name);
  });
});

// The alerts in deploy/prometheus, checked by Prometheus' own tool.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { findPrometheus } from '#test/support/services/prometheus.ts';

const run = promisify(execFile);
const directory = new URL('../../../deploy/prometheus/', import.meta.url).pathname;
const found = findPrometheus();
const needed = { skip: found ? false : 'promtool is not installed' };

async function promtool(...args: string[]): Promise<string> {
  const { stdout, stderr } = await run(found?.promtool ?? '', args, { cwd: directory });
  return stdout + stderr;
}

interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string }[] }[];
}

async function readYaml(name: string): Promise<unknown> {
  return parse(await readFile(`${directory}${name}`, 'utf8'));
}

describe('the alert rules', () => {
  it('are valid, as is the sample configuration', needed, async () => {
    assert.match(await promtool('check', 'rules', 'ostiary.rules.yml'), /SUCCESS/);
    assert.match(await promtool('check', 'config', 'prometheus.yml'), /SUCCESS/);
  });

  it('fire when they should', needed, async () => {
    assert.match(await promtool('test', 'rules', 'ostiary.rules.test.yml'), /SUCCESS/);
  });

  it('pass the commands of the document', needed, async () => {
    const document = await readFile(`${directory}../../docs/observability.md`, 'utf8');
    const commands = [...document.matchAll(/^promtool (.*)$/gm)].map(([, args = '']) => args);
    assert.equal(commands.length, 2);

    for (const args of commands) {
      const root = { cwd: `${directory}../..` };
      const { stdout, stderr } = await run(found?.promtool ?? '', args.split(' '), root);
      assert.match(stdout + stderr, /SUCCESS/, args);
    }
  });

  it('each have a test and a row in the document', async () => {
    const { groups } = (await readYaml('ostiary.rules.yml')) as Rules; // promtool checks its form
    const alerts = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));
    const tests = await readFile(`${directory}ostiary.rules.test.yml`, 'utf8');
    const document = await readFile(`${directory}../../docs/observability.md`, 'utf8');

    for (const alert of alerts) {
      assert.match(tests, new RegExp(`exp_alerts[^]*${alert}|${alert}[^]*exp_alerts`), alert);
      assert.match(document, new RegExp(`^\\| \`${alert}\` `, 'm'), alert);
    }
  });
});

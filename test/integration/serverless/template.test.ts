// template.yaml fits the sources: handlers, settings, schedules, the Makefile. The AWS SAM command line
// checks its form (npm run test:serverless).
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { allSettings } from '#config/settings.ts';
import { backgroundJobs } from '#server/lifecycle/background-jobs.ts';
import { describeApp } from '#test/support/app.ts';
import { functionsOf, readTemplate } from '#test/support/serverless/sam-template.ts';

const root = join(import.meta.dirname, '../../..');
const template = readTemplate();
const functions = functionsOf(template);
const inputs = Object.values(functions['JobsFunction']?.Events ?? {}).map(
  ({ Properties }) => JSON.parse(Properties.Input) as { job: string },
);

describeApp('template.yaml', {}, (app) => {
  it('runs handlers of the sources, which its Makefile builds', () => {
    const { CodeUri, Runtime } = template.Globals.Function;
    const makefile = readFileSync(join(root, CodeUri, 'Makefile'), 'utf8');
    assert.equal(Runtime, 'nodejs24.x');
    assert.deepEqual(Object.keys(functions), ['HttpFunction', 'JobsFunction']);
    for (const [name, { Handler }] of Object.entries(functions)) {
      assert.equal(existsSync(join(root, `src/${Handler.replace('.handler', '.ts')}`)), true);
      assert.match(makefile, new RegExp(`\\bbuild-${name}\\b.*:`));
      assert.equal(template.Resources[name]?.Metadata?.BuildMethod, 'makefile');
    }
  });

  it('offers both architectures and each gateway', () => {
    const { Architecture, Gateway } = template.Parameters;
    assert.deepEqual(Architecture?.AllowedValues, ['arm64', 'x86_64']);
    assert.deepEqual(Gateway?.AllowedValues, ['http-api', 'rest-api', 'function-url']);
  });

  it('sets only existing settings, including all that production requires', () => {
    const known = allSettings.map(({ setting }) => setting);
    const set = new Set(Object.keys(template.Globals.Function.Environment.Variables));
    const required = known.filter(({ requiredInProduction }) => requiredInProduction);
    assert.deepEqual(
      required.map(({ name }) => name).filter((name) => !set.has(name)),
      [],
    );
    const names = new Set(['NODE_OPTIONS', ...known.map(({ name }) => name)]);
    assert.deepEqual(
      [...set].filter((name) => !names.has(name)),
      [],
    );
  });

  it('schedules only existing jobs, and every job at least in the schedule of all', () => {
    const names = new Set(['*', ...backgroundJobs(app().services).map(({ name }) => name)]);
    assert.deepEqual(
      inputs.filter(({ job }) => !names.has(job)),
      [],
    );
    for (const job of ['*', 'outbox', 'audit', 'cleanup']) {
      assert.equal(
        inputs.some((input) => input.job === job),
        true,
        job,
      );
    }
  });

  it('would run each service that a server runs until it stops', () => {
    const listed = new Set<unknown>(backgroundJobs(app().services).map((job) => job.runForever));
    const services: readonly (readonly [string, unknown])[] = Object.entries(app().services);
    const forgotten = services.filter(([, service]) => {
      const { runForever } = Object(service) as { runForever?: unknown }; // of any shape
      return runForever !== undefined && !listed.has(runForever);
    });
    assert.deepEqual(
      forgotten.map(([name]) => name),
      [],
    );
  });
});

// The conformance run: its command line, the table that it writes, and the profiles of its clients. The run
// itself needs the suite.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readOptions } from '#conformance/options.ts';
import { createClients, type Metadata } from '#conformance/plans/clients.ts';
import { createPlans } from '#conformance/plans/plans.ts';
import type { Addresses } from '#conformance/stack/addresses.ts';
import type { Certificates } from '#conformance/stack/certificates.ts';
import { tableOf } from '#conformance/suite/report.ts';
import { runPlan } from '#conformance/suite/run-plan.ts';
import type { SuiteApi } from '#conformance/suite/suite-api.ts';
import { applyProfile } from '#core/clients/profiles/violations.ts';

const addresses: Addresses = {
  suite: 'https://127.0.0.1:1001',
  suitePort: 1001,
  suiteHttpPort: 1002,
  issuer: 'https://localhost:1003',
  issuerPort: 1003,
  providerPort: 1004,
  certificateOrigin: 'https://localhost:1003',
  certificatePort: 1003,
  resource: 'https://localhost:1005/resource',
  approval: 'https://localhost:1005/approval',
  resourcePort: 1005,
};
const identity = { cert: '', key: '' };
const keys = { ...identity, privateJwks: { keys: [] }, publicJwks: { keys: [] } };
const certificates: Certificates = {
  directory: '',
  authorityFile: '',
  server: identity,
  clients: [keys, keys],
};

describe('the conformance run', () => {
  const clients = createClients(addresses, certificates);
  const plans = createPlans(addresses, clients, { command: async () => ({}) });

  it('has plans with different names', () => {
    const names = plans.map(({ name }) => name);

    assert.deepEqual(names, [...new Set(names)]);
    assert.ok(names.length >= 20);
  });

  it('registers clients whose metadata does not contradict their profile', () => {
    const registered: readonly Metadata[] = plans.flatMap((plan) => plan.clients);

    for (const client of registered) assert.ok(applyProfile(client), String(client['client_id']));
  });

  it('reads its command line', () => {
    const args = ['--suite', 'x.jar', '--set', 'A=b=c', '--only', 'one*', 'oidcc-config'];
    const options = readOptions(args, { MONGODB_URI: 'mongodb://db/x' });

    assert.equal(options.suite, 'x.jar');
    assert.equal(options.mongoUri, 'mongodb://db/x');
    assert.deepEqual(options.settings, { A: 'b=c' });
    assert.deepEqual([options.plans, options.only], [['oidcc-config'], ['one*']]);
    assert.equal(options.tls, 'proxy');
    assert.throws(() => readOptions([], {}), /--suite is required/);
    const misspelt = ['--suite', 'x.jar', '--tls', 'none'];
    assert.throws(() => readOptions(misspelt, {}), /--tls is proxy or server/);
  });

  it('rotates another key in each plan, since a key has one successor at a time', async () => {
    const words: string[][] = [];
    const command = async (line: readonly string[]) => {
      words.push([...line]);
      return {};
    };
    const rotating = createPlans(addresses, clients, { command }).flatMap(
      ({ acts }) => acts?.['oidcc-server-rotate-keys'] ?? [],
    );

    for (const act of rotating.slice(0, 3)) await act();

    const algorithms = words.map((line) => line.at(-1));
    assert.deepEqual(algorithms, ['RS256', 'ES256', 'PS256']);
  });

  it('acts once when the log of a running module asks for it', async () => {
    let polls = 0;
    let acts = 0;
    const message = 'Please trigger these events';
    const api = {
      createPlan: async () => ({ id: 'p', modules: [{ testModule: 'one' }] }),
      createModule: async () => 'm',
      state: async () => {
        polls += 1;
        return polls < 4 ? { status: 'RUNNING' } : { status: 'FINISHED', result: 'PASSED' };
      },
      log: async () => (polls > 1 ? [{ msg: `Ready. ${message} now.` }] : []),
    };

    const { modules } = await runPlan(
      api as unknown as SuiteApi, // all that a module calls that ends by itself
      {
        name: 'p',
        planName: 'p',
        variant: {},
        config: {},
        prompts: { one: { message, act: async () => void (acts += 1) } },
      },
      { timeoutSeconds: 60, only: [], pollMilliseconds: 1, say: () => undefined },
    );

    assert.deepEqual([modules[0]?.result, acts], ['PASSED', 1]);
  });

  it('writes a table that names what is not passed', () => {
    const module = (name: string, result: string, isGood: boolean) => ({
      module: name,
      id: '',
      result,
      isGood,
      seconds: 1,
      findings: [],
    });
    const modules = [module('one', 'PASSED', true), module('two', 'FAILED', false)];

    const table = tableOf([{ name: 'p', planName: 'p', variant: {}, modules }]);

    assert.match(table, /\n\| `p` \| 2 \| 1 \| {2}\| {2}\| {2}\| 1: `two` \|\n$/);
  });
});

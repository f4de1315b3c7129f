// `npm run conformance`: runs the OpenID Foundation conformance suite against a new installation with
// default settings, and writes a table. The suite itself is not part of this repository.
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createProcesses, type Processes } from '#test/interop/processes.ts';
import { providePrograms } from '#test/support/services/programs.ts';
import { startServices, type Services } from '#test/support/services/services.ts';
import { readOptions, usage, type Options } from './options.ts';
import { claims, user } from './plans/accounts.ts';
import { createClients, type Metadata } from './plans/clients.ts';
import type { Plan } from './plans/plan.ts';
import { createPlans } from './plans/plans.ts';
import { chooseAddresses, type Addresses } from './stack/addresses.ts';
import { makeCertificates, type Certificates } from './stack/certificates.ts';
import { startProvider, type Provider } from './stack/provider.ts';
import { startResource } from './stack/resource.ts';
import { startSuite } from './stack/suite-process.ts';
import { startTlsProxy } from './stack/tls-proxies.ts';
import { tableOf } from './suite/report.ts';
import { runPlan, type PlanResult } from './suite/run-plan.ts';
import { createSuiteApi } from './suite/suite-api.ts';

const results = 'test-results';
/** The exit code with which shells report a program that SIGINT ended. */
const interruptedCode = 130;

// Servers of an interrupted run may still listen.
process.exit(await main());

async function main(): Promise<number> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => interrupted.abort(new Error('interrupted')));
  }
  const options = readUsage();
  if (!options) return 2;
  const work = await mkdtemp(join(tmpdir(), 'ostiary-conformance-'));
  // PostgreSQL runs as another user, who needs access to its directory.
  await chmod(work, 0o711);
  const processes = createProcesses(work, interrupted.signal);
  const { postgres, redis, chromium } = providePrograms(say);
  const services = await startServices({ postgres, redis, chromium }, work, {
    databaseUrl: undefined,
    redisUrl: undefined,
  });
  // The run waits for the suite nearly all of the time, so it ends with the signal.
  const ended = once(interrupted.signal, 'abort').then(() => interruptedCode);
  try {
    return await Promise.race([ended, runAll(options, { work, processes, services })]);
  } finally {
    await processes.stop();
    await services.stop();
    await rm(work, { recursive: true, force: true, maxRetries: 5 });
  }
}

function readUsage(): Options | undefined {
  try {
    return readOptions(process.argv.slice(2), process.env);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    say(`${error.message}\n\n${usage}`);
    return undefined;
  }
}

interface Stack {
  readonly work: string;
  readonly processes: Processes;
  readonly services: Services;
}

async function runAll(options: Options, { work, processes, services }: Stack): Promise<number> {
  const addresses = await chooseAddresses(options.tls);
  const certificates = await makeCertificates(work);
  const directory = join(work, 'provider');
  await mkdir(directory);
  await startProxies(options, addresses, certificates);
  const { settings, tls } = options;
  const placed = { directory, addresses, certificates, services, settings, tls };
  const provider = await startProvider(processes, placed);
  const api = createSuiteApi(addresses);
  await startSuite(processes, api, {
    jar: resolve(options.suite),
    mongoUri: options.mongoUri,
    javaHome: options.javaHome,
    addresses,
  });
  const plans = await preparePlans(options, { addresses, certificates, provider });
  const done: PlanResult[] = [];
  for (const plan of plans) {
    const { timeoutSeconds, only } = options;
    done.push(await runPlan(api, plan, { timeoutSeconds, only, say }));
    await writeResults(done);
  }
  say(`\nsuite ${await api.version()}\n\n${tableOf(done)}`);
  return done.every(({ modules }) => modules.every(({ isGood }) => isGood)) ? 0 : 1;
}

async function startProxies(
  { tls }: Options,
  { suitePort, suiteHttpPort, issuerPort, providerPort }: Addresses,
  { server: identity }: Certificates,
): Promise<void> {
  await startTlsProxy({ identity, port: suitePort, upstreamPort: suiteHttpPort });
  if (tls === 'server') return;
  await startTlsProxy({
    identity,
    port: issuerPort,
    upstreamPort: providerPort,
    certificateHeader: 'x-ssl-client-cert',
  });
}

interface Prepared {
  readonly addresses: Addresses;
  readonly certificates: Certificates;
  readonly provider: Provider;
}

/** Registers the user, the API and the clients of the chosen plans. */
async function preparePlans(
  options: Options,
  { addresses, certificates, provider }: Prepared,
): Promise<readonly Plan[]> {
  const clients = createClients(addresses, certificates);
  const all = createPlans(addresses, clients, provider);
  const unknown = options.plans.filter((each) => !all.some(({ name }) => name === each));
  if (unknown.length > 0) {
    throw new Error(
      `Unknown plan: ${unknown.join(', ')}. There are: ${all.map(({ name }) => name).join(', ')}.`,
    );
  }
  // In the order in which they are named.
  const chosen =
    options.plans.length === 0
      ? all
      : options.plans.flatMap((name) => all.filter((plan) => plan.name === name));
  await createUser(provider);
  const api = ['--audience', addresses.resource, '--scopes', 'api:read', '--format', 'opaque'];
  await provider.command(['resource', 'create', ...api]);
  const refused = await registerClients(provider, chosen);
  const { server } = certificates;
  await startResource({
    addresses,
    identity: server,
    clients: [
      clients.jwtDpop,
      clients.jwtMtls,
      clients.mtlsDpop,
      clients.mtlsMtls,
      clients.machine,
      clients.cibaPoll,
      clients.cibaPing,
    ].flat(),
    decide: (id, action) => provider.command(['ciba', action === 'allow' ? 'approve' : 'deny', id]),
  });
  return chosen.filter(({ name }) => !refused.has(name));
}

async function createUser(provider: Provider): Promise<void> {
  const file = JSON.stringify(claims);
  const { id } = await provider.command(
    ['user', 'create', '--email', user.email, '--verified', '--password-stdin'],
    user.password,
  );
  await provider.command(['user', 'update', String(id), '--claims', '-'], file);
}

/** A plan whose clients are refused is not run: the feature is not offered. */
async function registerClients(
  provider: Provider,
  plans: readonly Plan[],
): Promise<ReadonlySet<string>> {
  const registrations = new Map<unknown, Promise<unknown>>();
  const refused = new Set<string>();
  const register = ({ keys: _, ...metadata }: Metadata) =>
    provider.command(['client', 'create', '--metadata', '-'], JSON.stringify(metadata));
  for (const plan of plans) {
    for (const client of plan.clients) {
      const id = client['client_id'];
      // Several plans may have the same clients.
      const registration = registrations.get(id) ?? register(client);
      registrations.set(id, registration);
      try {
        await registration;
      } catch (error) {
        refused.add(plan.name);
        say(`${plan.name} is not run: ${String(error).slice(0, 400)}`);
      }
    }
  }
  return refused;
}

async function writeResults(done: readonly PlanResult[]): Promise<void> {
  await mkdir(results, { recursive: true });
  await writeFile(join(results, 'conformance.json'), `${JSON.stringify(done, null, 2)}\n`);
  await writeFile(join(results, 'conformance.md'), tableOf(done));
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

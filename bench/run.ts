// `npm run bench:budget` counts the cost of requests and fails if it has grown; the other commands
// measure speed. Each starts its own PostgreSQL and Redis. docs/performance.md explains the figures.
import { createLog } from '#platform/logging/log.ts';
import { countFlows } from './budget/count-flows.ts';
import { judge } from './budget/judge.ts';
import { describeVerdicts } from './budget/report.ts';
import { describeGrowth, isCleanupShort, isFlat } from './growth/growth-report.ts';
import { growthSettings, measureGrowth } from './growth/growth.ts';
import { measureLoad } from './load/load.ts';
import { measureMetrics } from './load/metrics.ts';
import { describeLoad } from './load/results.ts';
import { describeWorkers, measureWorkers } from './load/workers.ts';
import { readOptions } from './options.ts';
import { providePeers } from './peers/peers.ts';
import { MissingProgramError } from './peers/programs.ts';
import { describePeers } from './peers/report.ts';
import { placeRun } from './placement.ts';
import { keepResults } from './results-files.ts';
import { durable, withServices, type BenchServices, type PostgresOptions } from './services.ts';
import { describeStarts, measureStarts } from './startup.ts';
import type { CleanUp } from '#test/support/services/databases.ts';

const usage = `Usage: node bench/run.ts budget [--counted-only]
       node bench/run.ts load [--seconds=2] [--rounds=3] [--warm-up=4] [--connections=32] [--keep] [--profile=FOLDER] [flow ...]
       node bench/run.ts load --peers=keycloak,hydra [--peers-directory=FOLDER] [--warm-up=40] [...]
       node bench/run.ts workers [--seconds=2] [--rounds=3] [--keep]
       node bench/run.ts growth [--users=1000,100000] [--seconds=1] [--rounds=3] [--warm-up=4] [--keep]
       node bench/run.ts starts [--keep]
       node bench/run.ts metrics [--runs=5] [--rounds=30]`;
const say = (text: string) => void process.stdout.write(`${text}\n`);
const [command = '', ...args] = process.argv.slice(2);

interface Command {
  /** True: the measured server gets a core of its own. */
  readonly isPlaced?: boolean;
  readonly postgres?: PostgresOptions;
  run(services: BenchServices, t: CleanUp): Promise<void>;
}

const commands: Readonly<Record<string, Command | (() => Promise<Command>)>> = {
  budget: { run: runBudget },
  load: prepareLoad,
  workers: {
    postgres: { settings: durable },
    async run(services, t) {
      const options = readOptions(args);
      const results = await measureWorkers(services, t, options);
      say(describeWorkers(results));
      if (options.isKept) await keepResults('workers', results);
    },
  },
  growth: {
    isPlaced: true,
    postgres: { settings: [...durable, ...growthSettings] },
    async run(services, t) {
      const options = readOptions(args, { seconds: '1' });
      const results = await measureGrowth(services, t, { ...options, placement, say });
      say(`\n${describeGrowth(results)}`);
      const isMet = results.flows.every(({ sizes }) => isFlat(sizes)) && isCleanupShort(results);
      if (!isMet) process.exitCode = 1;
      if (options.isKept) await keepResults('growth', results);
    },
  },
  starts: {
    async run(services, t) {
      const results = await measureStarts(services, t);
      say(describeStarts(results));
      if (readOptions(args).isKept) await keepResults('starts', results);
    },
  },
  metrics: {
    isPlaced: true,
    async run(services, t) {
      const { runs, rounds } = readOptions(args, { rounds: '30' });
      await measureMetrics(services, t, { runs, rounds, placement, say });
    },
  },
};

/** Installs the other products first, on all cores and before anything that the run would have to stop. */
async function prepareLoad(): Promise<Command> {
  const options = readOptions(args);
  const peers = await providePeers(options.peers, options.peersDirectory, say);
  const hasPeers = peers.length > 0;
  return {
    isPlaced: true,
    postgres: { settings: durable, isOnTcp: hasPeers },
    async run(services, t) {
      const results = await measureLoad(services, t, { ...options, peers, placement, say });
      say(`\n${describeLoad(results)}`);
      if (hasPeers) say(`\n${describePeers(results)}`);
      if (options.isKept) await keepResults(hasPeers ? 'peers' : 'load', results);
    },
  };
}

async function prepared(prepare: () => Promise<Command>): Promise<Command> {
  try {
    return await prepare();
  } catch (error) {
    if (!(error instanceof MissingProgramError)) throw error;
    say(`${error.message} Or leave the product out of --peers.`);
    return process.exit(2);
  }
}

async function runBudget(services: BenchServices, t: CleanUp): Promise<void> {
  const log = createLog({ level: 'error' });
  const databaseUrl = await services.createDatabase();
  const { redisUrl } = services;
  const counted = await countFlows(t, { databaseUrl, redisUrl, log });
  const verdicts = [...counted].map(([name, tally]) => judge(name, tally));
  say(`Counted per flow / promised by the contract\n\n${describeVerdicts(verdicts)}\n`);
  const isOver = verdicts.some(({ excess, growth }) => excess.length + growth.length > 0);
  if (isOver) process.exitCode = 1;
  if (readOptions(args).isCountedOnly) return;
  say('Timed on this machine; other load on it affects these figures\n');
  say(describeStarts(await measureStarts(services, t)));
}

const named = commands[command];
if (!named) {
  say(usage);
  process.exit(2);
}
const chosen = typeof named === 'function' ? await prepared(named) : named;
const placement = chosen.isPlaced ? placeRun() : { serverCore: undefined, otherCores: [] };
await withServices(say, (services, t) => chosen.run(services, t), chosen.postgres);

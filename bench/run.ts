// `npm run bench:budget` counts the cost of requests and fails if it has grown; `npm run bench`
// measures speed. Each starts its own PostgreSQL and Redis. docs/performance.md explains the
// figures.
import { parseArgs } from 'node:util';
import { createLog } from '#platform/logging/log.ts';
import { countFlows } from './budget/count-flows.ts';
import { judge } from './budget/judge.ts';
import { describeVerdicts } from './budget/report.ts';
import { measureLoad, type LoadOptions } from './load/load.ts';
import { measureMetrics } from './load/metrics.ts';
import { describeLoad } from './load/results.ts';
import { placeRun } from './placement.ts';
import { keepResults } from './results-files.ts';
import { durable, withServices, type Work } from './services.ts';
import { describeStarts, measureStarts } from './startup.ts';

const usage = `Usage: node bench/run.ts budget [--counted-only]
       node bench/run.ts load [--seconds=2] [--rounds=3] [--connections=32] [--keep] [--profile=FOLDER] [flow ...]
       node bench/run.ts metrics [--rounds=100]
       node bench/run.ts starts [--keep]`;
const say = (text: string) => void process.stdout.write(`${text}\n`);
const [command = '', ...args] = process.argv.slice(2);

const commands: Readonly<Record<string, Work>> = {
  async budget(services, t) {
    const log = createLog({ level: 'error' });
    const databaseUrl = await services.createDatabase();
    const { redisUrl } = services;
    const counted = await countFlows(t, { databaseUrl, redisUrl, log });
    const verdicts = [...counted].map(([name, tally]) => judge(name, tally));
    say(`Counted per flow / promised by the contract\n\n${describeVerdicts(verdicts)}\n`);
    const isOver = verdicts.some(({ excess, growth }) => excess.length + growth.length > 0);
    if (isOver) process.exitCode = 1;
    if (args.includes('--counted-only')) return;
    say('Timed on this machine; other load on it affects these figures\n');
    say(describeStarts(await measureStarts(services, t)));
  },
  async load(services, t) {
    const options = readLoadOptions('3');
    const results = await measureLoad(services, t, { ...options, placement, say });
    say(`\n${describeLoad(results)}`);
    if (options.isKept) await keepResults('load', results);
  },
  async starts(services, t) {
    const results = await measureStarts(services, t);
    say(describeStarts(results));
    if (readLoadOptions('1').isKept) await keepResults('starts', results);
  },
  async metrics(services, t) {
    await measureMetrics(services, t, { rounds: readLoadOptions('100').rounds, say });
  },
};

type ReadOptions = Omit<LoadOptions, 'placement' | 'say'> & { readonly isKept: boolean };

function readLoadOptions(rounds: string): ReadOptions {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      seconds: { type: 'string', default: '2' },
      rounds: { type: 'string', default: rounds },
      connections: { type: 'string', default: '32' },
      profile: { type: 'string' },
      keep: { type: 'boolean', default: false },
    },
  });
  const [seconds, count, connections] = [values.seconds, values.rounds, values.connections].map(
    Number,
  );
  if (!seconds || !count || !connections) throw new Error(usage);
  const profileDirectory = values.profile;
  const isKept = values.keep;
  return { flows: positionals, seconds, rounds: count, connections, profileDirectory, isKept };
}

const work = commands[command];
if (!work) {
  say(usage);
  process.exit(2);
}
const isPlaced = command === 'load';
const placement = isPlaced ? placeRun() : { serverCore: undefined, otherCores: [] };
await withServices(say, work, isPlaced ? durable : []);

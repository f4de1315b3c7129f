// `npm run bench:budget` counts what requests cost and fails when that has grown; `npm run bench`
// measures speed. Both bring their own PostgreSQL and Redis. What the figures mean: docs/performance.md
import { parseArgs } from 'node:util';
import { createLog } from '#platform/log.ts';
import { countFlows } from './budget/count-flows.ts';
import { judge } from './budget/judge.ts';
import { describeVerdicts } from './budget/report.ts';
import { measureLoad } from './load/load.ts';
import { withServices, type BenchServices, type Work } from './services.ts';
import { measureStarts } from './startup.ts';

const say = (text: string) => void process.stdout.write(`${text}\n`);
const [command = '', ...args] = process.argv.slice(2);

const commands: Readonly<Record<string, Work>> = {
  async budget(services, t) {
    const log = createLog({ level: 'warn' });
    const databaseUrl = await services.createDatabase();
    const { redisUrl } = services;
    const counted = await countFlows(t, { databaseUrl, redisUrl, log });
    const verdicts = [...counted].map(([name, tally]) => judge(name, tally));
    say(`Counted per flow / promised by the contract\n\n${describeVerdicts(verdicts)}\n`);
    if (verdicts.some(({ complaints }) => complaints.length > 0)) process.exitCode = 1;
    if (!args.includes('--counted-only')) await sayStarts(services);
  },
  async load(services, t) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        seconds: { type: 'string', default: '5' },
        connections: { type: 'string', default: '32' },
        profile: { type: 'string' },
      },
    });
    const table = await measureLoad(services, t, {
      flows: positionals,
      seconds: Number(values.seconds),
      connections: Number(values.connections),
      profileDirectory: values.profile,
    });
    say(table);
  },
};

async function sayStarts(services: BenchServices): Promise<void> {
  say('Timed, on this machine and whatever else it does at the moment\n');
  say(await measureStarts(services));
}

const work = commands[command];
if (!work) {
  say('Usage: node bench/run.ts budget [--counted-only] | load [--seconds=N] [flow ...]');
  process.exit(2);
}
await withServices(say, work);

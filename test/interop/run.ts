// `npm run test:interop`: installs third-party relying parties and signs in users with each of
// them at a running server. It prints one line per relying party and writes
// test-results/interop.xml; arguments select relying parties by name.
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeJunit, type Reported } from './junit.ts';
import { findFreePorts } from '#test/support/services/free-ports.ts';
import { createProcesses } from './processes.ts';
import { providePrograms, type Program } from './programs.ts';
import { startProvider, type Provider } from './provider.ts';
import { relyingParties } from './relying-parties.ts';
import type { RelyingParty } from './relying-party.ts';
import { tryRelyingParty } from './trial.ts';

/** Suits a machine with two cores; more concurrent trials would only compete for the CPU. */
const maxConcurrent = 2;

// An interrupted trial may still wait for something.
process.exit(await main(process.argv.slice(2)));

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((each) => !relyingParties.some(({ name }) => name === each));
  if (unknown.length > 0) return complain(`Unknown relying party: ${unknown.join(', ')}`);
  const chosen = relyingParties.filter(({ name }) => names.length === 0 || names.includes(name));
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => interrupted.abort(new Error('interrupted')));
  }
  const missing = providePrograms(new Set(chosen.flatMap(({ needs }) => needs)), say);
  const work = await mkdtemp(join(tmpdir(), 'ostiary-interop-'));
  // Apache workers run as another user, who needs access to the directory of the trial.
  await chmod(work, 0o711);
  const processes = createProcesses(work, interrupted.signal);
  try {
    const [port = 0] = await findFreePorts(1);
    const provider = await startProvider(processes, join(work, 'ostiary'), port);
    const reported = await tryAll(chosen, { missing, work, provider, signal: interrupted.signal });
    await writeJunit('test-results', reported);
    say(summaryOf(reported));
    const isGood = countOf(reported, 'failed') === 0 && countOf(reported, 'passed') > 0;
    return isGood && !interrupted.signal.aborted ? 0 : 1;
  } finally {
    await processes.stop();
    await rm(work, { recursive: true, force: true, maxRetries: 5 });
  }
}

interface Circumstances {
  readonly missing: ReadonlyMap<Program, string>;
  readonly work: string;
  readonly provider: Provider;
  readonly signal: AbortSignal;
}

/** The slowest are first in the list, so that they do not start last. */
async function tryAll(
  chosen: readonly RelyingParty[],
  { missing, work, provider, signal }: Circumstances,
): Promise<readonly Reported[]> {
  const reported: Reported[] = [];
  const waiting = [...chosen];
  const report = (name: string, outcome: Reported['outcome'], line: string) => {
    reported.push({ name, outcome, line });
    say(line);
  };

  async function worker(): Promise<void> {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const reasons = next.needs.flatMap((program) => missing.get(program) ?? []);
      const directory = join(work, next.name.replaceAll(/\W/g, '-'));
      if (reasons.length > 0) {
        report(next.name, 'skipped', `${next.name}  skipped  ${reasons.join(', ')}`);
        continue;
      }
      await mkdir(directory, { recursive: true });
      const result = await tryRelyingParty(next, { directory, provider, signal });
      report(next.name, result.ok ? 'passed' : 'failed', result.line);
    }
  }

  await Promise.all(Array.from({ length: maxConcurrent }, worker));
  return reported;
}

function countOf(reported: readonly Reported[], outcome: Reported['outcome']): number {
  return reported.filter((each) => each.outcome === outcome).length;
}

function summaryOf(reported: readonly Reported[]): string {
  const skipped = countOf(reported, 'skipped');
  const all = `${countOf(reported, 'passed')} passed, ${countOf(reported, 'failed')} failed`;
  return skipped > 0 ? `${all}, ${skipped} skipped` : all;
}

function complain(sentence: string): number {
  say(`${sentence} There are: ${relyingParties.map(({ name }) => name).join(', ')}.`);
  return 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

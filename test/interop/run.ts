// `npm run test:interop`: installs third-party relying parties and signs in users with each of
// them at a running server. It prints one line per relying party; arguments select relying parties
// by name.
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePorts } from './ports.ts';
import { createProcesses } from './processes.ts';
import { providePrograms, type Program } from './programs.ts';
import { startProvider, type Provider } from './provider.ts';
import { relyingParties } from './relying-parties.ts';
import type { RelyingParty } from './relying-party.ts';
import { tryRelyingParty } from './trial.ts';

/** Suits a machine with two cores; more concurrent trials would only compete for the CPU. */
const maxConcurrent = 2;

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

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
    const count = await tryAll(chosen, { missing, work, provider, signal: interrupted.signal });
    say(summaryOf(count));
    const isGood = count.failed === 0 && count.passed > 0 && !interrupted.signal.aborted;
    return isGood ? 0 : 1;
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
): Promise<Count> {
  const count: Count = { passed: 0, failed: 0, skipped: 0 };
  const waiting = [...chosen];

  async function worker(): Promise<void> {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const reasons = next.needs.flatMap((program) => missing.get(program) ?? []);
      const directory = join(work, next.name.replaceAll(/\W/g, '-'));
      if (reasons.length > 0) {
        count.skipped += 1;
        say(`${next.name}  skipped  ${reasons.join(', ')}`);
        continue;
      }
      await mkdir(directory, { recursive: true });
      const result = await tryRelyingParty(next, { directory, provider, signal });
      count[result.ok ? 'passed' : 'failed'] += 1;
      say(result.line);
    }
  }

  await Promise.all(Array.from({ length: maxConcurrent }, worker));
  return count;
}

function summaryOf({ passed, failed, skipped }: Count): string {
  const all = `${passed} passed, ${failed} failed`;
  return skipped > 0 ? `${all}, ${skipped} skipped` : all;
}

function complain(sentence: string): number {
  say(`${sentence} There are: ${relyingParties.map(({ name }) => name).join(', ')}.`);
  return 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

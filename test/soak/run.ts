// npm run test:soak [-- --minutes N]: two nodes under a steady load of every flow, for an hour by default.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';

const usualMinutes = 60;

const { values } = parseArgs({ options: { minutes: { type: 'string' } } });
const minutes = Number(values.minutes ?? usualMinutes);
if (!(minutes >= 1 && minutes <= 24 * 60)) {
  process.stderr.write('--minutes must be a number from 1 to 1440.\n');
  process.exit(2);
}

const child = spawn(process.execPath, ['test/run.ts', '--results', 'soak', 'test/soak/soak.ts'], {
  stdio: 'inherit',
  env: { ...process.env, SOAK_MINUTES: String(minutes) },
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
const [code]: unknown[] = await once(child, 'exit');
process.exitCode = typeof code === 'number' ? code : 1;

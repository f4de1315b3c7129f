// Loaded into a node before its program: on SIGUSR2 the process collects its garbage, which no other
// measurement can tell from a leak, and writes its memory to standard error.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const bytesPerMebibyte = 1024 * 1024;

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');
let reports = 0;

process.on('SIGUSR2', () => {
  const before = process.memoryUsage.rss();
  if (typeof collect === 'function') collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  const [live, resident, highest] = [heapUsed + external, rss, before].map(
    (bytes) => bytes / bytesPerMebibyte,
  );
  reports += 1;
  process.stderr.write(
    `${JSON.stringify({ memoryReport: { reports, live, resident, highest } })}\n`,
  );
});

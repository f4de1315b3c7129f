// `npm run docs:performance`: writes docs/performance.md and its picture from bench/results. A test
// compares both with the files.
import { writeFileSync } from 'node:fs';
import { readAllResults } from '#bench/results-files.ts';
import { drawChart } from './chart.ts';
import { describePerformance } from './page.ts';

const docs = new URL('../../docs/', import.meta.url);
const results = await readAllResults();

writeFileSync(new URL('performance.md', docs), describePerformance(results));
writeFileSync(new URL('images/performance.svg', docs), drawChart(results.load));

// docs/performance.md and its picture match the stored results.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { drawChart } from '#bench/document/chart.ts';
import { goals } from '#bench/document/goals.ts';
import { describePerformance } from '#bench/document/page.ts';
import { loadFlows } from '#bench/load/scripts.ts';
import { readAllResults } from '#bench/results-files.ts';

const docs = new URL('../../docs/', import.meta.url);
const results = await readAllResults();

describe('docs/performance.md', () => {
  it('is up to date (npm run docs:performance)', () => {
    assert.equal(
      readFileSync(new URL('performance.md', docs), 'utf8'),
      describePerformance(results),
    );
  });

  it('has a picture of the same results', () => {
    assert.equal(
      readFileSync(new URL('images/performance.svg', docs), 'utf8'),
      drawChart(results.load),
    );
  });

  it('has a figure for each flow that has a goal', () => {
    const measured = results.load.flows
      .filter(({ closed }) => closed.ostiary)
      .map(({ flow }) => flow);

    assert.deepEqual(
      Object.keys(goals).filter((flow) => !measured.includes(flow) || !loadFlows[flow]),
      [],
    );
  });
});

it('README.md has the start times of the stored results', () => {
  const readme = readFileSync(new URL('../README.md', docs), 'utf8');
  const [entry = ''] = /\*\*Starts within seconds\.\*\*[^]*?\[figures\]/.exec(readme) ?? [];
  const named = [
    'embedded, first start',
    'embedded, later start',
    'PostgreSQL and Redis, later start',
    'package or image, later start',
  ];

  assert.deepEqual(
    [...entry.matchAll(/([\d.]+) seconds/g)].map(([, seconds]) => seconds),
    named.map((name) =>
      results.starts.starts.find((each) => each.name === name)?.readySeconds.toFixed(1),
    ),
  );
});

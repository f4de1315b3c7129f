// Metrics in memory: labels are bounded, totals start at 0, and unreadable values are left out.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  createPrometheusMetrics,
  renderScraped,
  sumTotals,
} from '#platform/metrics/prometheus-metrics.ts';
import { readExposition, scrape } from '#test/support/steps/metrics.ts';

const colors = { name: 'ostiary_colors_total', help: 'Colors.' } as const;

describe('a counter', () => {
  it('starts at 0 for each combination of known labels', async () => {
    const metrics = await createPrometheusMetrics();
    metrics.counter({ ...colors, labels: { color: ['red', 'blue'], shade: ['light', 'dark'] } });

    const { series } = await scrape(metrics);

    assert.equal(series.filter((each) => each.startsWith('ostiary_colors_total')).length, 4);
  });

  it('replaces a value that is not on the list', async () => {
    const metrics = await createPrometheusMetrics();
    const counter = metrics.counter({ ...colors, labels: { color: ['red'] } });

    const color: string = 'green';
    // A caller that takes the value from a request.
    counter.add({ color: color as 'red' });

    const { value, text } = await scrape(metrics);
    assert.equal(value('ostiary_colors_total', { color: 'other' }), 1);
    assert.equal(text.includes('green'), false);
  });

  it('distinguishes as many names as its definition permits', async () => {
    const metrics = await createPrometheusMetrics();
    const counter = metrics.counter({ ...colors, labels: { color: { atMost: 2 } } });

    for (const color of ['a', 'b', 'c', 'd', 'a']) counter.add({ color });

    const { value, series } = await scrape(metrics);
    assert.equal(value('ostiary_colors_total', { color: 'a' }), 2);
    assert.equal(value('ostiary_colors_total', { color: 'other' }), 2);
    assert.equal(series.filter((each) => each.startsWith('ostiary_colors_total')).length, 3);
  });

  it('is the same for every module that defines it', async () => {
    const metrics = await createPrometheusMetrics();
    const definition = { ...colors, labels: { color: ['red'] } } as const;
    metrics.counter(definition).add({ color: 'red' });
    metrics.counter(definition).add({ color: 'red' });

    assert.equal((await scrape(metrics)).value('ostiary_colors_total'), 2);
  });
});

describe('a collector', () => {
  async function scrapeWith(read: () => Promise<number>, isShared = false) {
    const metrics = await createPrometheusMetrics();
    const gauge = metrics.gauge({ name: 'ostiary_depth', help: 'Depth.', labels: {} });
    metrics.collect({
      source: 'depth',
      isShared,
      gauges: [gauge],
      read,
      set: (depth) => gauge.set({}, depth),
    });
    return metrics;
  }

  it('sets its gauges at each scrape', async () => {
    let depth = 0;
    const metrics = await scrapeWith(async () => (depth += 1));

    await scrape(metrics);

    assert.equal((await scrape(metrics)).value('ostiary_depth'), 2);
  });

  it('leaves its gauges out when it fails', async () => {
    const answers = [Promise.resolve(1), Promise.reject(new Error('lost'))];
    const metrics = await scrapeWith(() => answers.shift() ?? Promise.resolve(3));
    await scrape(metrics);

    const { value } = await scrape(metrics);

    assert.equal(value('ostiary_depth'), undefined);
    assert.equal(value('ostiary_scrape_errors_total', { source: 'depth' }), 1);
    assert.equal((await scrape(metrics)).value('ostiary_depth'), 3);
  });

  it('that does not answer within a second is left out', async () => {
    const late = Promise.withResolvers<number>();
    const metrics = await scrapeWith(() => late.promise);

    const scraping = scrape(metrics);
    const { value } = await scraping;
    late.resolve(7);

    assert.equal(value('ostiary_depth'), undefined);
    assert.equal(value('ostiary_scrape_errors_total', { source: 'depth' }), 1);
  });

  it('of shared facts is read only where the scrape says so', async () => {
    const metrics = await scrapeWith(async () => 5, true);

    const text = await renderScraped([await metrics.scrape({ isShared: false })]);

    assert.equal(readExposition(text).value('ostiary_depth'), undefined);
  });
});

describe('the totals of processes', () => {
  it('are added up, without gauges', async () => {
    const metrics = await createPrometheusMetrics();
    metrics.counter({ ...colors, labels: {} }).add({}, 3);
    metrics
      .histogram({ name: 'ostiary_wait_seconds', help: 'Wait.', labels: {}, buckets: [1, 2] })
      .observe({}, 1.5);
    metrics.gauge({ name: 'ostiary_depth', help: 'Depth.', labels: {} }).set({}, 9);
    const scraped = await metrics.scrape({ isShared: true });

    const sum = await sumTotals([await sumTotals([scraped]), scraped]);

    const { value } = readExposition(await renderScraped([sum]));
    assert.equal(value('ostiary_colors_total'), 6);
    assert.equal(value('ostiary_wait_seconds_bucket', { le: '1' }), 0);
    assert.equal(value('ostiary_wait_seconds_bucket', { le: '2' }), 2);
    assert.equal(value('ostiary_wait_seconds_count'), 2);
    assert.equal(value('ostiary_depth'), undefined);
  });
});

// Metrics of this process: memory, CPU time, open files, event loop delay, version.
import { readdirSync } from 'node:fs';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Metrics } from './metrics.ts';

export interface ProcessFacts {
  readonly version: string;
}

export function collectProcessMetrics(metrics: Metrics, { version }: ProcessFacts): void {
  collectBuild(metrics, version);
  collectUsage(metrics);
  collectEventLoop(metrics);
}

function collectBuild(metrics: Metrics, version: string): void {
  const build = metrics.gauge({
    name: 'ostiary_build_info',
    help: 'Always 1; the labels are the versions of Ostiary and of Node.js.',
    labels: { version: [version], node: [process.versions.node] },
    across: 'first',
  });
  const start = metrics.gauge({
    name: 'ostiary_process_start_time_seconds',
    help: 'Start of the oldest process, in seconds since 1970.',
    labels: {},
    across: 'min',
  });
  const startedAt = performance.timeOrigin / 1000;
  metrics.collect({
    source: 'build',
    gauges: [build, start],
    read: () => undefined,
    set() {
      build.set({ version, node: process.versions.node }, 1);
      start.set({}, startedAt);
    },
  });
}

function collectUsage(metrics: Metrics): void {
  const cpu = metrics.gauge({
    name: 'ostiary_process_cpu_seconds_total',
    help: 'Processor time, of all worker processes together.',
    labels: { mode: ['user', 'system'] },
    isTotal: true,
  });
  const memory = metrics.gauge({
    name: 'ostiary_process_memory_bytes',
    help: 'Memory: resident, heap in use, and buffers outside the heap.',
    labels: { kind: ['resident', 'heap_used', 'external'] },
  });
  const files = metrics.gauge({
    name: 'ostiary_process_open_fds',
    help: 'Open file descriptors, including connections.',
    labels: {},
  });
  metrics.collect({
    source: 'process',
    gauges: [cpu, memory, files],
    read: () => ({
      cpu: process.cpuUsage(),
      memory: process.memoryUsage(),
      open: countOpenFiles(),
    }),
    set(facts) {
      cpu.set({ mode: 'user' }, facts.cpu.user / 1e6);
      cpu.set({ mode: 'system' }, facts.cpu.system / 1e6);
      memory.set({ kind: 'resident' }, facts.memory.rss);
      memory.set({ kind: 'heap_used' }, facts.memory.heapUsed);
      memory.set({ kind: 'external' }, facts.memory.external);
      if (facts.open !== undefined) files.set({}, facts.open);
    },
  });
}

/** Only available on Linux. */
function countOpenFiles(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return undefined;
  }
}

/** Milliseconds between two measurements. */
const resolution = 20;

function collectEventLoop(metrics: Metrics): void {
  const delay = metrics.gauge({
    name: 'ostiary_event_loop_delay_seconds',
    help: 'Delay of the event loop since the previous scrape, of the slowest worker process.',
    labels: { quantile: ['0.5', '0.99', '1'] },
    across: 'max',
  });
  const utilization = metrics.gauge({
    name: 'ostiary_event_loop_utilization_ratio',
    help: 'Share of the time since the previous scrape in which the busiest event loop was busy.',
    labels: {},
    across: 'max',
  });
  const monitor = monitorEventLoopDelay({ resolution });
  monitor.enable();
  let last = performance.eventLoopUtilization();
  // The monitor measures the interval between its timers.
  const secondsOf = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - resolution / 1e3);
  metrics.collect({
    source: 'event_loop',
    gauges: [delay, utilization],
    read: () => monitor,
    set({ max, count }) {
      if (count > 0) {
        delay.set({ quantile: '0.5' }, secondsOf(monitor.percentile(50)));
        delay.set({ quantile: '0.99' }, secondsOf(monitor.percentile(99)));
        delay.set({ quantile: '1' }, secondsOf(max));
      }
      const now = performance.eventLoopUtilization();
      utilization.set({}, performance.eventLoopUtilization(now, last).utilization);
      last = now;
      monitor.reset();
    },
  });
}

// Loaded into the server before its own files: reports to the parent process how many bytes the server
// allocates on the JavaScript heap. The bytes that garbage collections free in between are added.
import { GCProfiler, getHeapStatistics } from 'node:v8';

/** What V8 reports for each collection. */
interface Profile {
  readonly statistics: readonly {
    readonly beforeGC: { readonly heapStatistics: { readonly usedHeapSize: number } };
    readonly afterGC: { readonly heapStatistics: { readonly usedHeapSize: number } };
  }[];
}

export type AllocationOrder = 'begin' | 'end';

const usedBytes = () => getHeapStatistics().used_heap_size;
let profiler = new GCProfiler();
let usedAtBeginning = 0;

process.on('message', (order: AllocationOrder) => {
  if (order === 'begin') {
    profiler = new GCProfiler();
    profiler.start();
    usedAtBeginning = usedBytes();
    process.send?.(0);
    return;
  }
  const used = usedBytes() - usedAtBeginning;
  const { statistics } = profiler.stop() as unknown as Profile; // as documented by Node.js
  const freed = statistics.map(
    ({ beforeGC, afterGC }) =>
      beforeGC.heapStatistics.usedHeapSize - afterGC.heapStatistics.usedHeapSize,
  );
  process.send?.(freed.reduce((sum, bytes) => sum + bytes, used));
});
// The server may exit although the parent process still listens.
process.channel?.unref();

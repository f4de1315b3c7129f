// Deadlines by name in the memory of one node. Their number is bounded: when the limit is reached, all
// of them are forgotten.

const mostDeadlines = 20_000;

export function createDeadlines(now: () => Date) {
  const deadlines = new Map<string, number>();

  return {
    /** 0: there is no deadline, or it has passed. */
    leftMilliseconds(name: string): number {
      const left = (deadlines.get(name) ?? 0) - now().getTime();
      if (left <= 0) deadlines.delete(name);
      return Math.max(0, left);
    },
    set(name: string, milliseconds: number): void {
      if (deadlines.size >= mostDeadlines) deadlines.clear();
      deadlines.set(name, now().getTime() + milliseconds);
    },
    remove(name: string): void {
      deadlines.delete(name);
    },
  };
}

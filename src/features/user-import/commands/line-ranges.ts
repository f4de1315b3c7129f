// Collects line numbers as ranges, such as 3 and 7-12.

/** Limit for files in which, for example, every other user exists already. */
const maxRanges = 1000;

export function createRanges() {
  const ranges: { first: number; last: number }[] = [];
  let isCut = false;
  return {
    /** Numbers must be added in ascending order. */
    add(number: number): void {
      const latest = ranges.at(-1);
      if (latest && latest.last === number - 1 && !isCut) latest.last = number;
      else if (ranges.length < maxRanges) ranges.push({ first: number, last: number });
      else isCut = true;
    },
    /** Ends with `...` if ranges were omitted. */
    list(): readonly string[] {
      const written = ranges.map(({ first, last }) =>
        first === last ? String(first) : `${first}-${last}`,
      );
      return isCut ? [...written, '...'] : written;
    },
  };
}

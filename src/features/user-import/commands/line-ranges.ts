// Numbers of lines, written short: 3, 7-12.

/** A file in which every other person is known already must not fill the memory. */
const mostRanges = 1000;

export function createRanges() {
  const ranges: { first: number; last: number }[] = [];
  let isCut = false;
  return {
    /** In rising order. */
    add(number: number): void {
      const latest = ranges.at(-1);
      if (latest && latest.last === number - 1 && !isCut) latest.last = number;
      else if (ranges.length < mostRanges) ranges.push({ first: number, last: number });
      else isCut = true;
    },
    /** Ends with `...` when there are more. */
    list(): readonly string[] {
      const written = ranges.map(({ first, last }) =>
        first === last ? String(first) : `${first}-${last}`,
      );
      return isCut ? [...written, '...'] : written;
    },
  };
}

// Progress of an import: a bar on a terminal, otherwise a line from time to time.
import type { Print } from '#cli/framework/command.ts';

/** Lines of the file between two progress lines, without a terminal. */
const linesApart = 10_000;
/** Minimum time between two updates of the bar, in milliseconds. */
const pictureMs = 200;
const barWidth = 24;

export interface Position {
  readonly lines: number;
  readonly bytes: number;
  readonly refused: number;
}

export interface ProgressOptions {
  readonly err: Print['err'];
  /** A bar on a terminal, lines for other outputs, nothing with --json. */
  readonly kind: 'bar' | 'lines' | 'none';
  /** Size of the file; `undefined`: unknown. */
  readonly totalBytes: number | undefined;
  readonly now: () => Date;
}

export interface Progress {
  show(position: Position): void;
  /** Prints a separate line above the bar. */
  say(line: string): void;
  finish(): void;
}

export function createProgress({ err, kind, totalBytes, now }: ProgressOptions): Progress {
  const startedAt = now().getTime();
  let shownAt = startedAt;
  let shownLines = 0;
  let bar = '';

  function describe({ lines, bytes, refused }: Position): string {
    const seconds = Math.max(0.001, (now().getTime() - startedAt) / 1000);
    const part = totalBytes ? Math.min(1, bytes / totalBytes) : undefined;
    const speed = `${format(lines / seconds)}/s`;
    const percent = part === undefined ? [] : [`${Math.floor(part * 100)} %`];
    return [`${format(lines)} lines`, ...percent, speed, `${format(refused)} refused`].join(', ');
  }

  function draw(position: Position): void {
    const part = totalBytes ? Math.min(1, position.bytes / totalBytes) : 0;
    const full = Math.round(part * barWidth);
    const picture = totalBytes ? `[${'#'.repeat(full)}${'.'.repeat(barWidth - full)}] ` : '';
    bar = `${picture}${describe(position)}`;
    err(`\r\u001b[K${bar}`);
  }

  return {
    show(position) {
      const at = now().getTime();
      if (kind === 'none') return;
      const isDue =
        kind === 'bar' ? at - shownAt >= pictureMs : position.lines - shownLines >= linesApart;
      if (!isDue) return;
      [shownAt, shownLines] = [at, position.lines];
      if (kind === 'bar') draw(position);
      else err(`${describe(position)}\n`);
    },
    say(line) {
      err(bar === '' ? `${line}\n` : `\r\u001b[K${line}\n${bar}`);
    },
    finish() {
      if (bar !== '') err('\r\u001b[K');
      bar = '';
    },
  };
}

function format(count: number): string {
  return Math.round(count).toLocaleString('en');
}

// How far an import is: a bar on a terminal, a line now and then elsewhere.
import type { Print } from '#cli/framework/command.ts';

/** Lines of a file between two lines of progress, where there is no terminal. */
const linesApart = 10_000;
/** Milliseconds between two pictures of the bar. */
const pictureMs = 200;
const barWidth = 24;

export interface Position {
  readonly lines: number;
  readonly bytes: number;
  readonly refused: number;
}

export interface ProgressOptions {
  readonly err: Print['err'];
  /** A terminal has a bar, everything else lines now and then; for programs there is neither. */
  readonly kind: 'bar' | 'lines' | 'none';
  /** Of the file; `undefined`: nobody knows. */
  readonly totalBytes: number | undefined;
  readonly now: () => Date;
}

export interface Progress {
  show(position: Position): void;
  /** A line of its own, above the bar. */
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

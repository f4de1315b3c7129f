// Colors of text on a terminal. Whether they are shown is decided once, by the process that owns the
// terminal (cli.ts).
import { styleText } from 'node:util';

export interface Paint {
  readonly hasColors: boolean;
  /** Headings. */
  strong(text: string): string;
  good(text: string): string;
  caution(text: string): string;
  bad(text: string): string;
}

/** @param hasColors false for a pipe, a file, and when NO_COLOR is set */
export function createPaint(hasColors: boolean): Paint {
  const style = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    hasColors ? styleText(format, text, { validateStream: false }) : text;
  return {
    hasColors,
    strong: style('bold'),
    good: style('green'),
    caution: style('yellow'),
    bad: style('red'),
  };
}

// Writes the results of the suite as JUnit XML, for continuous integration.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Reported {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** The line that was printed. */
  readonly line: string;
}

export async function writeJunit(folder: string, reported: readonly Reported[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const count = (outcome: Reported['outcome']) =>
    reported.filter((each) => each.outcome === outcome).length;
  const totals = `tests="${reported.length}" failures="${count('failed')}" skipped="${count('skipped')}"`;
  const lines = [
    '<?xml version="1.0" encoding="utf-8"?>',
    `<testsuites><testsuite name="interop" ${totals}>`,
    ...reported.map(describe),
    '</testsuite></testsuites>',
  ];
  await writeFile(join(folder, 'interop.xml'), `${lines.join('\n')}\n`);
}

function describe({ name, outcome, line }: Reported): string {
  const message = escape(line);
  const inside = {
    passed: `<system-out>${message}</system-out>`,
    failed: `<failure message="${message}"/>`,
    skipped: `<skipped message="${message}"/>`,
  }[outcome];
  return `<testcase classname="interop" name="${escape(name)}">${inside}</testcase>`;
}

/** Replaces what XML does not allow in text or attributes. */
function escape(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/g, '?')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('"', '&quot;');
}

// The table of a run, for docs/conformance.md.
import type { PlanResult } from './run-plan.ts';

const columns = ['PASSED', 'REVIEW', 'SKIPPED', 'WARNING'] as const;

export function tableOf(results: readonly PlanResult[]): string {
  const heading = ['plan', 'modules', ...columns, 'not passed'];
  const rows = results.map(({ name, modules }) => {
    const count = (result: string) => modules.filter((each) => each.result === result).length;
    const bad = modules.filter(({ isGood }) => !isGood).map(({ module }) => `\`${module}\``);
    return [
      `\`${name}\``,
      modules.length,
      ...columns.map((each) => count(each) || ''),
      bad.length === 0 ? '0' : `${bad.length}: ${bad.join(', ')}`,
    ];
  });
  const lines = [heading, heading.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

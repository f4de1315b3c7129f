// The result of a check, and the text output of a list of results.
import { describeFailure } from '#cli/framework/failures.ts';
import type { Paint } from '#cli/framework/terminal/paint.ts';

export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warn' | 'fail';
  /** One sentence that states the result. */
  readonly message: string;
  /** What the operator should do. */
  readonly next?: string;
}

/** A check that throws has failed. */
export async function inspectSafely(
  check: string,
  inspect: () => Promise<Finding>,
): Promise<Finding> {
  try {
    return await inspect();
  } catch (error) {
    return { check, state: 'fail', message: describeFailure(error).message };
  }
}

export function describeFindings(findings: readonly Finding[], paint: Paint): string {
  const colors = { ok: paint.good, warn: paint.caution, fail: paint.bad };
  const lines = findings.map(({ state, check, message, next }) => {
    const first = `${colors[state](state.padEnd(4))}  ${check}: ${message}\n`;
    return next === undefined ? first : `${first}      -> ${next}\n`;
  });
  return `${lines.join('')}\n${summarize(findings)}\n`;
}

function summarize(findings: readonly Finding[]): string {
  const count = (state: Finding['state']) => findings.filter((each) => each.state === state).length;
  const failed = count('fail');
  if (failed > 0) return `Checks that failed: ${failed} of ${findings.length}.`;
  return count('warn') > 0 ? 'No check failed; see the warnings.' : 'All checks passed.';
}

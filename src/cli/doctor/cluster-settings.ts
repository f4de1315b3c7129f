// Compares the settings with those of the other nodes on the same database.
import type { ClusterSettings } from '#features/cluster-settings/cluster-settings.service.ts';
import { inspectSafely, type Finding } from './findings.ts';

export function inspectSharedSettings(shared: ClusterSettings): Promise<Finding> {
  const check = 'settings of nodes';
  return inspectSafely(check, async () => {
    const { unfit, uneven } = await shared.differences();
    if (unfit.length > 0) {
      return {
        check,
        state: 'fail',
        message: `These settings differ from those of the other nodes: ${unfit.join(', ')}.`,
        next: 'Use the same values on all nodes, or run npx ostiary config accept to accept these.',
      };
    }
    if (uneven.length > 0) {
      return {
        check,
        state: 'warn',
        message: `The node that started last has different values of ${uneven.join(', ')}.`,
        next: 'Use the same values on all nodes.',
      };
    }
    return { check, state: 'ok', message: 'They match those of the other nodes.' };
  });
}

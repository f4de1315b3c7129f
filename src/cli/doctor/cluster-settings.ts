// Whether these settings fit those of the nodes that use the same database.
import type { SharedSettings } from '#features/cluster-settings/cluster-settings.service.ts';
import { inspectSafely, type Finding } from './findings.ts';

export function inspectSharedSettings(shared: SharedSettings): Promise<Finding> {
  const check = 'settings of nodes';
  return inspectSafely(check, async () => {
    const { unfit, uneven } = await shared.differences();
    if (unfit.length > 0) {
      return {
        check,
        state: 'fail',
        message: `These are not what the other nodes of this database have: ${unfit.join(', ')}.`,
        next: 'Give all nodes the same; if it was changed on purpose, run npx ostiary config accept.',
      };
    }
    if (uneven.length > 0) {
      return {
        check,
        state: 'warn',
        message: `The node that started last has other values of ${uneven.join(', ')}.`,
        next: 'Give all nodes the same.',
      };
    }
    return { check, state: 'ok', message: 'They fit those of the nodes that started before.' };
  });
}

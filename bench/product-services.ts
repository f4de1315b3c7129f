// The services of the product in this process, to prepare its database.
import { createLog } from '#platform/logging/log.ts';
import { readConfig, type Environment } from '#config/config.ts';
import { openServices, type Services } from '#server/composition.ts';
import { startPatiently } from '#test/support/services/start-patiently.ts';

/** Opens the services for the work, and closes them afterwards. */
export async function withProductServices<Result>(
  settings: Environment,
  work: (services: Services) => Promise<Result>,
): Promise<Result> {
  const log = createLog({ level: 'error' });
  const config = readConfig(settings);
  const services = await startPatiently(() => openServices({ config, log, now: () => new Date() }));
  try {
    return await work(services);
  } finally {
    await services.close();
  }
}

// The checks of a process before it serves its first request, on every platform.
import type { Services } from '#server/composition.ts';

/** @throws AppError `conflict` when another node was started with other keys or another issuer */
export async function joinCluster(services: Services): Promise<void> {
  const { clusterSettings, encryptionKeys, clients, config } = services;
  await clusterSettings.join();
  await encryptionKeys.admit();
  await clients.settlePkce(config);
}

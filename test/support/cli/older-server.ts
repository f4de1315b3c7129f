// The control socket of a server of version 0.0.1, to which commands of this version send nothing.
import { openControlSocket } from '#platform/control/control-socket.ts';
import type { CleanUp } from '#test/support/services/databases.ts';

/** Returns the requests that it receives. */
export async function openOlderServer(t: CleanUp, directory: string): Promise<readonly unknown[]> {
  const asked: unknown[] = [];
  const socket = await openControlSocket({
    directory,
    greeting: { version: '0.0.1' },
    answer: async (request) => void asked.push(request),
    onFault: () => undefined,
  });
  t.after(() => socket.close());
  return asked;
}

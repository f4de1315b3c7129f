// Gives `apply` access to the data: over connections of this process, or through the server that
// holds the embedded database.
import type { Print } from '#cli/framework/command.ts';
import { runRemotely } from '#cli/remote.ts';
import { openContext, runAtData, type DataConnection } from '#cli/run-command.ts';
import type { ApplyOptions } from '#features/configuration-as-code/configuration.service.ts';
import type { ConfigurationDocument } from '#features/configuration-as-code/document/document.ts';
import { AppError } from '#platform/errors.ts';
import {
  presentApplied,
  type ShownPlan,
} from '#features/configuration-as-code/commands/present-plan.ts';

export async function applyAtData(
  opening: DataConnection,
  document: ConfigurationDocument,
  options: ApplyOptions,
  print: Pick<Print, 'err'>,
): Promise<ShownPlan> {
  // Unlike a conflict over the data directory, a conflict in the file itself is not retried.
  const run = await runAtData(opening.config, print, {
    async here() {
      const { context, close } = await openContext(opening);
      return async () => {
        try {
          return presentApplied(await context.configuration.apply(document, options), options);
        } finally {
          await close();
        }
      };
    },
    async inServer() {
      const plan = await applyInServer(opening, document, options);
      return plan && (async () => plan);
    },
  });
  return run();
}

/** `undefined`: no server is running. */
async function applyInServer(
  { config }: DataConnection,
  document: ConfigurationDocument,
  { isPlan, prunes }: ApplyOptions,
): Promise<ShownPlan | undefined> {
  const flags = [...(isPlan ? ['--plan'] : []), ...(prunes ? ['--prune'] : [])];
  const argv = ['apply-document', '--json', '--document', ...flags];
  const inputs = { files: {}, stdin: JSON.stringify(document) };
  const reply = await runRemotely(config.dataDirectory, { argv, inputs }, async () => {});
  if (!reply) return undefined;
  if (reply.exitCode === 0) return JSON.parse(reply.out) as ShownPlan; // presentApplied has written it
  const code = reply.exitCode === 4 ? 'conflict' : 'invalid_input';
  throw new AppError(code, reply.err.trim());
}

// `apply`: makes the installation match a configuration file, or shows how it differs. This process reads the
// file, wherever the database is.
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { UsageError } from '#cli/framework/arguments.ts';
import type { Answer } from '#cli/framework/command.ts';
import type { ProcessCommand } from '#cli/framework/context.ts';
import { maxFileBytes } from '#features/configuration-as-code/document/document.ts';
import { AppError } from '#platform/errors.ts';
import { createLog } from '#platform/logging/log.ts';
import { describePlan } from '#features/configuration-as-code/commands/present-plan.ts';
import { resolveSecrets } from '#features/configuration-as-code/commands/secret-references.ts';

export const apply: ProcessCommand = {
  name: 'apply',
  summary: 'Apply a configuration file, as export prints it.',
  operand: 'FILE|-',
  options: {
    plan: { meaning: 'Only show what differs; exits with 2 if anything does' },
    prune: { meaning: 'Delete what is missing from the sections that the file has' },
    yes: { meaning: 'With --prune: delete, which cannot be undone' },
  },
  examples: ['apply ostiary.yaml --plan', 'apply ostiary.yaml', 'apply - --plan --prune --json'],
  check(args) {
    if (!args.has('prune') || args.has('plan') || args.has('yes')) return;
    const message = '--prune deletes, which cannot be undone. Add --plan to look, or --yes.';
    throw new UsageError(message);
  },
  async run({ env, now, readConfig }, args, io): Promise<Answer> {
    const text = await readText(args.operand);
    const [{ parseConfiguration }, { kinds }, { applyAtData }] = await Promise.all([
      import('#features/configuration-as-code/document/parse-document.ts'),
      import('#features/configuration-as-code/kinds/kinds.service.ts'),
      import('./apply-backend.ts'),
    ]);
    const document = await resolveSecrets(parseConfiguration(text, kinds), env);
    const config = readConfig();
    const log = createLog({ level: env['LOG_LEVEL'] ? config.logLevel : 'error' });
    const options = { isPlan: args.has('plan'), prunes: args.has('prune') };
    const plan = await applyAtData({ config, log, now }, document, options, io);
    const differs = plan.changes.length > 0;
    return {
      document: plan,
      text: describePlan(plan, io.paint),
      exitCode: options.isPlan && differs ? 2 : 0,
    };
  },
};

/** @throws AppError `invalid_input` or `too_large` */
async function readText(path: string): Promise<string> {
  const stream: Readable = path === '-' ? process.stdin : createReadStream(path);
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of stream) {
      const bytes = chunk as Buffer; // no encoding was set
      sizeBytes += bytes.length;
      if (sizeBytes > maxFileBytes)
        throw new AppError('too_large', 'The file is larger than 5 MiB.');
      chunks.push(bytes);
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    if (cause instanceof TypeError) {
      throw new AppError('invalid_input', 'The file is not text in UTF-8.', { cause });
    }
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
    throw new AppError('invalid_input', `${path} cannot be read (${code}).`, { cause });
  }
}

// `doctor`: checks everything that an installation depends on and suggests how to fix problems.
// Changes nothing.
import { AppError } from '#platform/errors.ts';
import { createLog } from '#platform/logging/log.ts';
import type { ProcessCommand, ProcessContext } from '#cli/framework/context.ts';
import { describeFindings, type Finding } from './findings.ts';
import { describeUnknownSettings, findUnknownSettings } from '#config/unknown-settings.ts';
import { inspectCertificate } from './network/certificate.ts';
import { inspectIssuer } from './network/issuer.ts';
import { inspectMetrics } from './network/metrics.ts';
import { inspectProxies } from './network/proxies.ts';
import { inspectTlsFiles } from './network/tls-files.ts';
import { inspectTraces } from './network/traces.ts';
import { inspectLog } from './network/log.ts';
import { inspectNode } from './node.ts';

export const doctor: ProcessCommand = {
  name: 'doctor',
  summary: 'Check everything the installation depends on; changes nothing.',
  options: {},
  async run(context, _args, { paint }) {
    const findings = await inspect(context);
    const hasFailed = findings.some(({ state }) => state === 'fail');
    return {
      document: { ok: !hasFailed, findings },
      text: describeFindings(findings, paint),
      exitCode: hasFailed ? 1 : 0,
    };
  },
};

async function inspect(context: ProcessContext): Promise<Finding[]> {
  const node = inspectNode(process.versions.node);
  const settings = inspectSettings(context);
  if (!settings.config) return [node, settings.finding];
  const { config } = settings;
  // Loaded only here, because other commands need neither.
  const [{ inspectData }, { inspectRedis }, { inspectMail }] = await Promise.all([
    import('./data.ts'),
    import('./redis.ts'),
    import('./network/mail.ts'),
  ]);
  // Silent, because every check reports its own connection errors.
  const log = createLog({ level: 'silent' });
  const inspected = await Promise.all([
    inspectData({ config, log, now: context.now }),
    inspectRedis(config, log),
    inspectMail(config),
    inspectIssuer(config.issuer),
    inspectCertificate(config.issuer, context.now()),
    inspectTlsFiles(config, context.now()),
    inspectMetrics(config),
    inspectLog(config),
    inspectTraces(config),
  ]);
  return [node, settings.finding, ...inspectFile(), ...inspectProxies(config), ...inspected.flat()];
}

/** Names in .env that no setting has. */
function inspectFile(): Finding[] {
  const unknown = describeUnknownSettings(findUnknownSettings());
  return unknown.map((message) => ({ check: 'settings', state: 'warn', message }));
}

function inspectSettings({ readConfig }: ProcessContext) {
  try {
    const config = readConfig();
    const message = `All settings are valid for ${config.environment}.`;
    return { config, finding: { check: 'settings', state: 'ok', message } as const };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const next = 'Correct the settings; the other checks run afterwards.';
    return { finding: { check: 'settings', state: 'fail', message: error.message, next } as const };
  }
}

// Two execution environments of the function that answers requests, one of the function that runs jobs,
// and the services of a node for the preparations of a test, all on one database.
import { readConfig, type Environment } from '#config/config.ts';
import { openServices } from '#server/composition.ts';
import { createRelyingParty } from '#test/support/actors/relying-party.ts';
import type { Send } from '#test/support/actors/http-client.ts';
import { cheapSettings, collectWorks, settable } from '#test/support/app.ts';
import { createRegistrations, type AppFacts } from '#test/support/data/registrations.ts';
import {
  createDatabase,
  createDirectory,
  createTestLog,
  type CleanUp,
} from '#test/support/services/databases.ts';
import { startPatiently } from '#test/support/services/start-patiently.ts';
import { gateways } from './event-documents.ts';
import { startEnvironment, type Artifact, type ExecutionEnvironment } from './functions.ts';

export const functionIssuer = 'https://id.localhost';

export type Functions = Awaited<ReturnType<typeof startFunctions>>;

interface FunctionsOptions {
  readonly settings: Environment;
  /** The URL by which the functions reach the database, if it is another. */
  readonly viaPooler?: (t: CleanUp, databaseUrl: string) => Promise<string>;
}

export async function startFunctions(
  t: CleanUp,
  artifact: Artifact,
  { settings: more, viaPooler }: FunctionsOptions,
) {
  const works = collectWorks();
  t.after(works.run);
  const databaseUrl = settable(await createDatabase(works));
  const settings: Environment = {
    ...cheapSettings,
    ISSUER: functionIssuer,
    DATABASE_URL: databaseUrl,
    DATABASE_POOL_SIZE: '2',
    DATA_DIRECTORY: await createDirectory(works),
    LOG_LEVEL: 'info',
    ...more,
  };
  const config = readConfig(settings);
  const open = () => openServices({ config, log: createTestLog(), now: () => new Date() });
  const services = await startPatiently(open);
  works.after(() => services.close());
  const url = viaPooler ? await viaPooler(works, databaseUrl) : databaseUrl;
  const start = (file?: string) =>
    startEnvironment(works, artifact, { ...settings, DATABASE_URL: url }, file);
  const one = await start();
  const other = await start();
  const jobs = await start('lambda-jobs.mjs');
  const send = alternating([one, other]);
  const registrations = await createRegistrations(services);
  return {
    issuer: functionIssuer,
    databaseUrl,
    services,
    one,
    other,
    jobs,
    send,
    ...registrations,
    async relyingParty(facts: AppFacts = {}, through: Send = send) {
      const app = await registrations.createClient(facts);
      return createRelyingParty({ issuer: functionIssuer, send: through, app });
    },
  };
}

/** Each request goes to the other environment than the one before, and through the next gateway. */
function alternating(environments: readonly ExecutionEnvironment[]): Send {
  let count = 0;
  return async (url, request) => {
    const environment = environments[count % environments.length];
    const gateway = gateways[count % gateways.length];
    count += 1;
    if (!environment || !gateway) throw new Error('there are no environments');
    return environment.through(gateway)(url, request);
  };
}

// The command line of a conformance run.
import { parseArgs } from 'node:util';

/** A reverse proxy, or the provider itself. */
export type TlsEnd = 'proxy' | 'server';

export interface Options {
  /** The jar of the built suite. */
  readonly suite: string;
  readonly mongoUri: string;
  readonly javaHome: string | undefined;
  /** Names of plans; by default all. */
  readonly plans: readonly string[];
  readonly only: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
  /** What terminates TLS in front of the provider, and asks clients for certificates. */
  readonly tls: TlsEnd;
  readonly timeoutSeconds: number;
}

export const usage = `Usage: npm run conformance -- --suite JAR [PLAN...]

  --suite JAR        the built suite (openid-certification/conformance-suite)
  --mongodb URI      the MongoDB of the suite; by default MONGODB_URI, or a local one
  --java DIRECTORY   the Java runtime; by default JAVA_HOME, or java in PATH
  --only MODULE      modules of the plans; may be repeated; an asterisk at the end stands for any text
  --set NAME=VALUE   a setting of the provider; may be repeated
  --tls proxy|server what terminates TLS for the provider; by default a proxy
  --timeout SECONDS  for one module; by default 300
`;

/** @throws TypeError for wrong usage */
export function readOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      suite: { type: 'string' },
      mongodb: { type: 'string' },
      java: { type: 'string' },
      only: { type: 'string', multiple: true, default: [] },
      set: { type: 'string', multiple: true, default: [] },
      tls: { type: 'string', default: 'proxy' },
      timeout: { type: 'string', default: '300' },
    },
  });
  if (values.suite === undefined) throw new TypeError('--suite is required.');
  const { tls } = values;
  if (tls !== 'proxy' && tls !== 'server') throw new TypeError('--tls is proxy or server.');
  return {
    suite: values.suite,
    mongoUri: values.mongodb ?? environment['MONGODB_URI'] ?? 'mongodb://127.0.0.1:27017/suite',
    javaHome: values.java ?? environment['JAVA_HOME'],
    plans: positionals,
    only: values.only,
    settings: Object.fromEntries(
      values.set.map((text) => {
        const at = text.indexOf('=');
        return [text.slice(0, at), text.slice(at + 1)];
      }),
    ),
    tls,
    timeoutSeconds: Number(values.timeout),
  };
}

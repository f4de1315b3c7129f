// The programs of this suite: Helm, built from its Go module, and the schemas of Kubernetes, as npm packages.
// Both are installed once, in a folder that is not part of the project.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const versions = { helm: 'v3.22.0', models: '5.1.0' } as const;
const folder = join(import.meta.dirname, '../../node_modules/.cache/helm', versions.helm);
/** The oldest version that the chart supports. A Helm built from its module would assume an older one. */
const kubernetes = ['--kube-version', '1.27.0'];
const chart = join(import.meta.dirname, '../../deploy/helm');

/** Runs Helm on the chart of this project; rejects with what it wrote to standard error. */
export type Helm = (command: 'lint' | 'template', settings: readonly string[]) => Promise<string>;

export async function provideHelm(): Promise<Helm> {
  const program = join(folder, 'helm');
  if (!existsSync(program)) {
    await mkdir(folder, { recursive: true });
    const env = { ...process.env, GOBIN: folder, GOTOOLCHAIN: 'local' };
    await run('go', ['install', `helm.sh/helm/v3/cmd/helm@${versions.helm}`], { env });
  }
  return async (command, settings) => {
    const values = settings.flatMap((each) => ['--set', each]);
    const args = command === 'lint' ? ['lint', '--strict', chart] : ['template', 'login', chart];
    const { stdout } = await run(program, [...args, ...kubernetes, ...values], {
      maxBuffer: 10_000_000,
    });
    return stdout;
  };
}

interface Model {
  /** @throws Error that names what the schema of Kubernetes forbids */
  validate(): void;
}

/** Finds the class that validates objects of a kind, such as `apps/v1/Deployment`. */
export type FindModel = (apiVersion: string, kind: string) => Promise<new (data: unknown) => Model>;

export async function provideModels(): Promise<FindModel> {
  const place = join(folder, 'models');
  if (!existsSync(join(place, 'node_modules/kubernetes-models'))) {
    await mkdir(place, { recursive: true });
    await writeFile(join(place, 'package.json'), '{"private":true,"type":"module"}');
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
    const name = `kubernetes-models@${versions.models}`;
    await run('npm', ['install', ...options, name], { cwd: place });
  }
  const root = join(place, 'node_modules/kubernetes-models');
  return async (apiVersion, kind) => {
    const file = join(root, apiVersion, `${kind}.js`);
    const models: Record<string, new (data: unknown) => Model> = await import(
      pathToFileURL(file).href
    );
    const model = models[kind];
    if (!model) throw new Error(`Kubernetes has no ${apiVersion} ${kind}.`);
    return model;
  };
}

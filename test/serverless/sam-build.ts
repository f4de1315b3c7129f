// The AWS SAM command line, without a container: validates the template, builds the functions as
// docs/serverless.md says, and sends them a request. Part of npm run test:serverless, because the
// installation of the command line takes most of a minute.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { readSection } from '#test/support/docs/printed-commands.ts';
import { createDirectory } from '#test/support/services/databases.ts';
import { canInstall, install } from '#test/support/services/programs.ts';
import { startFunctions } from '#test/support/serverless/function-suite.ts';

const root = join(import.meta.dirname, '../..');
const version = '1.170.0';
const venv = join(root, `node_modules/.cache/ostiary/aws-sam-cli-${version}`);
const environment = {
  ...process.env,
  SAM_CLI_TELEMETRY: '0',
  PATH: `${venv}/bin:${process.env['PATH'] ?? ''}`,
};

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    env: environment,
  });
  assert.equal(status, 0, `${program} ${args.join(' ')}\n${error ?? ''}${stdout}${stderr}`);
  return stdout;
}

describe('the AWS SAM command line', () => {
  before(() => {
    if (existsSync(join(venv, 'bin/sam'))) return;
    if (canInstall()) install(['make', 'python3-venv']);
    run('python3', ['-m', 'venv', venv]);
    run(`${venv}/bin/pip`, ['install', '--quiet', '--no-input', `aws-sam-cli==${version}`]);
  });

  it('runs the commands of the documentation', { timeout: 600_000 }, async () => {
    const [block] = await readSection('docs/serverless.md', 'Deploy');
    const commands = block?.code.trim().split('\n') ?? [];
    assert.deepEqual(commands, ['sam validate --lint', 'sam build']);
    for (const command of commands) {
      const [program = '', ...args] = command.split(' ');
      run(program, args);
    }
  });

  it('has built functions for both architectures, which answer requests', async (t) => {
    const built = join(root, '.aws-sam/build');
    for (const name of ['HttpFunction', 'JobsFunction']) {
      for (const each of ['x64', 'arm64']) {
        const path = join(built, name, `node_modules/@img/sharp-linux-${each}/package.json`);
        assert.equal(existsSync(path), true, path);
      }
    }
    // Outside the project, nothing but the artifact can be found.
    const directory = join(await createDirectory(t), 'function');
    await cp(join(built, 'HttpFunction'), directory, { recursive: true });
    const artifact = { directory, summary: '' };
    const settings = { SHORT_LIVED_STORE: 'postgres' };
    const { relyingParty, createUser } = await startFunctions(t, artifact, { settings });

    const login = await (await relyingParty()).login(await createUser());
    assert.notEqual(login.accessToken, '');
  });
});

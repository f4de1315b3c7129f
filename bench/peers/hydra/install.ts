// Builds Ory Hydra from its Go module, which Go gets from the source that the user has configured.
import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { provide } from '#bench/peers/directory.ts';
import { requireInPath, run } from '#bench/peers/programs.ts';

const version = '2.3.0';
const module = `github.com/ory/hydra/v2@v${version}`;
/** Hydra builds with a fork of its database library, and names it where only its own build looks. */
const fork = 'github.com/ory/pop/v6 v6.2.1-0.20241121111754-e5dfc0f3344b';
const goModule = `module peers

go 1.24

replace github.com/gobuffalo/pop/v6 => ${fork}
`;

export interface InstalledHydra {
  readonly program: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** @throws MissingProgramError without Go if Hydra is not yet installed */
export async function installHydra(
  directory: string,
  say: (line: string) => void,
): Promise<InstalledHydra> {
  const recipe = `${module} with ${fork}`;
  const home = await provide(directory, { name: `hydra-${version}`, recipe, install }, say);
  const program = join(home, 'hydra');
  return { program, versions: { Hydra: version, ...readCompiler(program) } };
}

async function install(empty: string): Promise<string> {
  const go = requireInPath('go', 'Install Go 1.24 or newer: it builds Hydra.');
  const home = join(empty, 'hydra');
  await mkdir(home);
  await writeFile(join(home, 'go.mod'), goModule);
  await run(go, ['get', module], { cwd: home });
  await run(go, ['build', '-o', 'hydra', 'github.com/ory/hydra/v2'], { cwd: home });
  return home;
}

/** The version of Go that built the program; unknown if Go is not installed. */
function readCompiler(program: string): Readonly<Record<string, string>> {
  const { stdout } = spawnSync('go', ['version', program], { encoding: 'utf8' });
  const found = /: go(\S+)/.exec(stdout ?? '')?.[1];
  return found === undefined ? {} : { Go: found };
}

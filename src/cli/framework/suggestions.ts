// What the user may have meant by a command that does not exist.
import { nearestName } from '#platform/edit-distance.ts';
import { namesOf } from './arguments.ts';
import type { CommandShape } from './command.ts';

/** A command, or the first word of some, that is written similarly. */
export function suggestCommand(
  commands: readonly CommandShape[],
  argv: readonly string[],
): string | undefined {
  const names = commands.filter(({ isInternal }) => !isInternal).flatMap(namesOf);
  const [first = '', second = ''] = argv.filter((word) => !word.startsWith('-'));
  const group = nearestName(first, unique(names.map(firstWord)));
  const verbs = names.filter((name) => name.startsWith(`${group} `)).map(secondWord);
  const verb = nearestName(second, verbs) ?? verbs.find((each) => each === second);
  if (group !== undefined && verb !== undefined) return `${group} ${verb}`;
  return nearestName(`${first} ${second}`.trim(), names) ?? group;
}

function firstWord(name: string): string {
  return name.split(' ')[0] ?? '';
}

function secondWord(name: string): string {
  return name.split(' ')[1] ?? '';
}

function unique(words: readonly string[]): readonly string[] {
  return [...new Set(words)];
}

// Prints a role.
import { alignColumns, describeValues } from '#cli/framework/columns.ts';
import type { Answer } from '#cli/framework/command.ts';
import { presentRole } from '#features/roles/present-role.ts';
import type { ShownRole } from '#features/roles/roles.ts';

/** `sentence` describes the outcome; without it only the role is printed. */
export function answerWithRole(role: ShownRole, sentence?: string): Answer {
  const document = presentRole(role);
  const { permissions, built_in: _, ...values } = document;
  const rows = permissions.map(({ audience, scopes }) => [audience, scopes.join(' ')]);
  const list =
    rows.length === 0 ? '' : `\n${alignColumns([['PERMISSIONS AT', 'SCOPES'], ...rows])}`;
  const text = `${describeValues(values)}${list}`;
  return { document, text: sentence === undefined ? text : `${sentence}\n\n${text}` };
}

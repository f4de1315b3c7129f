// docs/configuration.md: the reference page of the settings, generated from their definitions.
import { allSettings, sections } from '#config/settings.ts';
import { listSettings, type Setting, type Settings } from '#config/setting.ts';

const required = allSettings
  .filter(({ setting }) => setting.requiredInProduction)
  .map(({ setting }) => `\`${setting.name}\``)
  .join(', ');

const opening = `# Configuration

<!-- Generated from src/config/settings/ by \`npm run docs:configuration\`; do not edit. -->

Settings come from the environment and from a file \`.env\` in the working directory; the environment wins.
Each setting can also be given as \`NAME_FILE\`, the path of a file that holds the value: the usual way for
secrets. Setting both is an error. An empty value counts as unset. Lists are comma separated.

All errors are reported together, and nothing starts with an invalid configuration. \`npx ostiary config check\`
validates the settings without starting the server.

With \`NODE_ENV=production\`, these must be set: ${required}.
The issuer must be https. Generate keys as follows:

\`\`\`sh
echo "ENCRYPTION_KEYS=$(date +%Y-%m):$(openssl rand -base64 32)"
echo "COOKIE_KEYS=$(openssl rand -base64 32 | tr '+/' '-_')"
\`\`\`

To replace a key, append the new one and restart the nodes one by one; then put it first and restart them again
([keys](keys.md#encryption-keys)).
`;

/** Returns the whole page as Markdown. */
export function describeSettings(): string {
  return [opening, ...sections.map(describeSection)].join('\n');
}

function describeSection([title, settings]: readonly [string, Settings]): string {
  const entries = listSettings(settings).map(({ setting }) => describeSetting(setting));
  return [`## ${title}\n`, ...entries].join('\n');
}

function describeSetting({ name, kind, text, unset, requiredInProduction }: Setting): string {
  const lines = [
    `- Values: ${kind.values}${kind.unit === undefined ? '' : `; ${kind.unit}`}`,
    `- When unset: ${unset}`,
    ...(requiredInProduction ? ['- Required in production'] : []),
    ...(kind.secret ? ['- Secret: never shown in messages and logs'] : []),
  ];
  return `### ${name}\n\n${text}\n\n${lines.join('\n')}\n`;
}

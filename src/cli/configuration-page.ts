// Generates docs/configuration.md from the list of settings: npm run docs:configuration. The texts
// are in config/settings.ts; a test compares the page with them.
import { writeFileSync } from 'node:fs';
import type { Setting } from '#config/setting-kinds.ts';
import { settings } from '#config/settings.ts';

const page = new URL('../../docs/configuration.md', import.meta.url);

const opening = `# Configuration

<!-- Made from src/config/settings.ts by \`npm run docs:configuration\`; changes here are lost. -->

Settings come from the environment and from a file \`.env\` in the working directory; the environment wins.
Each setting can also be given as \`NAME_FILE\`, the path of a file that holds the value: the usual way for
secrets. Giving both is a fault. An empty value counts as unset. Lists are comma separated.

All faults are reported together, and nothing starts before they are gone. \`npx ostiary config check\`
tells without starting.

With \`NODE_ENV=production\`, these must be set: \`ISSUER\` (https), \`DATABASE_URL\`, \`REDIS_URL\`,
\`ENCRYPTION_KEYS\`, \`COOKIE_KEYS\`. Make keys like this:

\`\`\`sh
echo "ENCRYPTION_KEYS=$(date +%Y-%m):$(openssl rand -base64 32)"
echo "COOKIE_KEYS=$(openssl rand -base64 32 | tr '+/' '-_')"
\`\`\`

To replace a key, put the new one in front and keep the old one behind it until nothing needs it any more.
`;

/** Returns the whole page as Markdown. */
export function describeSettings(): string {
  const sections = Object.values(settings).map((setting) => describeSetting(setting));
  return [opening, ...sections].join('\n');
}

function describeSetting(setting: Setting<unknown>): string {
  const { name, meaning, unset, bounds, unit, secret } = setting;
  const lines = [
    `- Values: ${bounds}${unit === undefined ? '' : `; ${unit}`}`,
    `- When unset: ${unset}`,
    ...(secret ? ['- Secret: never shown in messages and logs'] : []),
  ];
  return `## ${name}\n\n${meaning}\n\n${lines.join('\n')}\n`;
}

if (import.meta.main) {
  writeFileSync(page, describeSettings());
}

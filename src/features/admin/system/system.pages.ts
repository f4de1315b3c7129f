// Settings, for reading.
import { listSettings, valueAt, type Setting } from '#config/setting.ts';
import { settings } from '#config/settings.ts';
import type { Config } from '#config/config.ts';
import type { StoredOverride } from '#features/logging/logging.ts';
import type { Logging } from '#features/logging/logging.service.ts';
import { panelPath } from '#features/admin/panel-client.ts';
import type { Panel } from '#features/admin/panel/panel.pages.ts';

export interface SystemPageDependencies {
  readonly config: Config;
  readonly logging: Logging;
  readonly now: () => Date;
}

export function addSystemPages(panel: Panel, dependencies: SystemPageDependencies): void {
  addSettings(panel, dependencies);
}

function addSettings(panel: Panel, { config, logging, now }: SystemPageDependencies): void {
  panel.page({
    path: `${panelPath}/settings`,
    scope: 'settings:read',
    async show() {
      return {
        title: 'Settings',
        lead: `${settingsLead}${describeOverride(await logging.find(), now())}`,
        blocks: [
          {
            kind: 'table',
            caption: 'Settings by name',
            columns: [{ label: 'Setting' }, { label: 'Value' }],
            rows: listSettings(settings).map(({ path, setting }) => [
              { text: setting.name, isCode: true, hint: plainText(setting.text) },
              describeValue(setting, valueAt(config, path)),
            ]),
            empty: '',
          },
        ],
      };
    },
  });
}

const settingsLead =
  'As this server reads them from its environment. Secrets are not shown. A change needs a restart.';

/** A sentence about the temporary level of the log; empty without one. */
function describeOverride(override: StoredOverride | undefined, now: Date): string {
  if (!override) return '';
  const { level, filter, expiresAt } = override;
  const whom = filter ? `for the ${filter.by} ${filter.value}` : 'for all requests';
  const minutes = Math.max(1, Math.ceil((+expiresAt - +now) / 60_000));
  return ` The log has the level ${level} ${whom}; this ends in ${minutes} min.`;
}

/** Only what a kind declares safe is shown of a secret. */
function describeValue({ kind, unset }: Setting, value: unknown): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) {
    return `not set: ${plainText(unset)}`;
  }
  if (kind.secret || kind.mask) return kind.mask?.(value) ?? 'set';
  if (typeof value === 'string') return value;
  return kind.describe ? plainText(kind.describe(value)) : JSON.stringify(value);
}

/** Descriptions are Markdown. */
function plainText(markdown: string): string {
  return markdown.replaceAll('`', '').replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1');
}

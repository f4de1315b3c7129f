// Settings by section, read-only, with filters in the query.
import { listSettings, type SettingAt } from '#config/setting.ts';
import { sections } from '#config/settings.ts';
import type { Config } from '#config/config.ts';
import type { StoredOverride } from '#features/logging/logging.ts';
import type { Logging } from '#features/logging/logging.service.ts';
import { plural } from '#features/admin/page/formatting.ts';
import type { SearchBlock, TableBlock } from '#features/admin/page/page-model.ts';
import { readList } from '#features/admin/panel/lists.pages.ts';
import { panelPath } from '#features/admin/panel-client.ts';
import type { Panel } from '#features/admin/panel/panel.pages.ts';
import { plainText, settingRow } from './setting-row.pages.ts';

export interface SystemPageDependencies {
  readonly config: Config;
  readonly logging: Logging;
  readonly now: () => Date;
}

const path = `${panelPath}/settings`;

type Filter = Readonly<Record<string, string | undefined>>;

export function addSystemPages(panel: Panel, dependencies: SystemPageDependencies): void {
  const { config, logging, now } = dependencies;
  panel.page({
    path,
    scope: 'settings:read',
    async show(ctx) {
      const { values } = readList(ctx, ['q', 'section', 'set']);
      return {
        title: 'Settings',
        lead: `${settingsLead}${describeOverride(await logging.find(), now())}`,
        blocks: [searchOf(values), ...tablesOf(values, config)],
      };
    },
  });
}

const settingsLead =
  'Set by environment variables; restart the server to apply changes. Secrets are hidden.';

/** A sentence about the temporary log level; empty if there is none. */
function describeOverride(override: StoredOverride | undefined, now: Date): string {
  if (!override) return '';
  const { level, filter, expiresAt } = override;
  const whom = filter ? `for the ${filter.by} ${filter.value}` : 'for all requests';
  const minutes = Math.max(1, Math.ceil((+expiresAt - +now) / 60_000));
  return ` Log level is ${level} ${whom}, for another ${minutes} min.`;
}

function searchOf({ q, section, set }: Filter): SearchBlock {
  return {
    kind: 'search',
    action: path,
    submit: 'Search',
    fields: [
      { name: 'q', label: 'Name or description', type: 'text', value: q },
      {
        name: 'section',
        label: 'Section',
        type: 'select',
        value: section,
        options: [
          { value: '', label: 'All' },
          ...sections.map(([title]) => ({ value: title, label: title })),
        ],
      },
      { name: 'set', label: 'Only changed settings', type: 'check', value: set },
    ],
  };
}

function tablesOf(filter: Filter, config: Config): readonly TableBlock[] {
  const shown = sections.flatMap(([title, settings]) => {
    if (filter['section'] !== undefined && filter['section'] !== title) return [];
    const found = listSettings(settings).filter((each) => matches(each, filter, config));
    return found.length > 0 ? [sectionTable(title, found, config)] : [];
  });
  return shown.length > 0 ? shown : [noMatch];
}

function matches({ setting }: SettingAt, { q, set }: Filter, config: Config): boolean {
  if (set === 'on' && !config.settingsInEnvironment.has(setting.name)) return false;
  const text = `${setting.name} ${plainText(setting.text)}`.toLowerCase();
  return text.includes((q ?? '').trim().toLowerCase());
}

function sectionTable(title: string, found: readonly SettingAt[], config: Config): TableBlock {
  return {
    kind: 'table',
    title,
    caption: `${title}: ${plural(found.length, 'setting')}`,
    columns: [{ label: 'Setting' }, { label: 'Value' }],
    rows: found.map((each) => settingRow(each, config)),
    empty: '',
  };
}

const noMatch: TableBlock = {
  kind: 'table',
  caption: 'Settings',
  columns: [],
  rows: [],
  empty: 'No setting matches.',
};

// The navigation of the documentation site, by who reads it.
import { readdirSync, readFileSync } from 'node:fs';
import type { DefaultTheme } from 'vitepress';

const page = (text: string, path: string): DefaultTheme.SidebarItem => ({ text, link: `/${path}` });

/** The decision records by their headings. */
function decisions(): DefaultTheme.SidebarItem[] {
  const folder = new URL('../decisions/', import.meta.url);
  return readdirSync(folder)
    .toSorted()
    .map((name) => {
      const [, heading = name] =
        /^# (.+)$/m.exec(readFileSync(new URL(name, folder), 'utf8')) ?? [];
      return page(heading, `decisions/${name.replace(/\.md$/, '')}`);
    });
}

export const sidebar: DefaultTheme.SidebarItem[] = [
  {
    text: 'Start',
    items: [
      page('Getting started', 'getting-started'),
      page('Glossary', 'glossary'),
      page('Changelog', 'changelog'),
    ],
  },
  {
    text: 'Apps with a server',
    items: [
      page('Clients', 'relying-parties'),
      page('Frameworks and proxies', 'guides/frameworks'),
      page('Applications', 'guides/applications'),
      page('Client registration', 'client-registration'),
      page('Logout', 'logout'),
      page('Interoperability', 'interoperability'),
    ],
  },
  {
    text: 'Single-page apps',
    items: [page('Browser client', 'guides/single-page-apps')],
  },
  {
    text: 'Native apps',
    items: [page('Sign-in in the app', 'guides/native')],
  },
  {
    text: 'Devices',
    items: [
      page('Devices without a browser', 'guides/device'),
      page('Users who are elsewhere', 'guides/ciba'),
    ],
  },
  {
    text: 'APIs',
    items: [
      page('Verify access tokens', 'guides/resource-servers'),
      page('Token exchange', 'token-exchange'),
      page('Workload identity', 'workload-identity'),
      page('Authorization details', 'authorization-details'),
      page('MCP servers', 'mcp'),
      page('Management API', 'api'),
      page('Endpoints, scopes, errors', 'reference'),
    ],
  },
  {
    text: 'Operators',
    items: [
      page('Production', 'production'),
      page('Observability', 'observability'),
      page('Mutual TLS', 'guides/mutual-tls'),
      page('Backup and restore', 'backup'),
      page('Serverless', 'serverless'),
      page('Upgrades', 'upgrades'),
      page('Configuration', 'configuration'),
      page('More than one machine', 'scaling'),
      page('Panel', 'panel'),
      page('Pages of the panel', 'panel-pages'),
      page('Commands', 'commands'),
      page('Configuration as code', 'configuration-as-code'),
      page('Accounts', 'accounts'),
      page('Second factors', 'second-factors'),
      page('Other identity providers', 'sign-in-with-others'),
      page('Custom attributes', 'supplements'),
      page('Roles, groups, organizations', 'authorization'),
      page('Branding', 'branding'),
      page('Import users', 'import'),
      page('Block and revoke', 'blocking'),
      page('Audit log', 'audit'),
      page('Webhooks', 'webhooks'),
      page('Shared Signals', 'shared-signals'),
      page('Keys', 'keys'),
      page('Mail', 'mail'),
      page('Performance', 'performance'),
      page('Queries', 'queries'),
    ],
  },
  {
    text: 'How it works',
    collapsed: true,
    items: [
      page('Request flows', 'flows'),
      page('Data model', 'data-model'),
      page('Architecture', 'architecture'),
      page('Standards', 'standards'),
      page('Conformance', 'conformance'),
      page('Pages', 'pages'),
      page('Emails', 'emails'),
    ],
  },
  { text: 'Decisions', collapsed: true, items: decisions() },
];

// `version`: prints what is installed, for support requests and scripts.
import type { ProcessCommand } from '#cli/framework/context.ts';
import { describeValues } from '#cli/framework/columns.ts';
import { version as installed } from '#cli/version.ts';

export const version: ProcessCommand = {
  name: 'version',
  summary: 'Show the version of this program and of Node.js.',
  options: {},
  async run() {
    const document = {
      name: 'ostiary',
      version: installed,
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
    };
    return { document, text: describeValues(document) };
  },
};

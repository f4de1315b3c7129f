// Every page and every mail has a reference screenshot, and no screenshot is of a removed one.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { mails } from '#server/modules.ts';
import { drawnViews } from '#test/support/views/screenshot-views.ts';

const docs = new URL('../../docs/', import.meta.url);

describe('page screenshots', () => {
  it('exist for every page and are shown in docs/pages.md (npm run docs:pictures)', () => {
    const files = readdirSync(new URL('images/pages/', docs)).toSorted();
    const listing = readFileSync(new URL('pages.md', docs), 'utf8');
    const shown = [...listing.matchAll(/\]\(images\/pages\/([^)]+)\)/g)].map(([, file]) => file);

    assert.deepEqual(files, drawnViews.map(({ view }) => `${view.name}.jpg`).toSorted());
    assert.deepEqual(new Set(shown), new Set(files));
  });
});

describe('panel screenshots', () => {
  it('are shown in docs/panel-pages.md (npm run docs:pictures)', () => {
    const files = readdirSync(new URL('images/panel/', docs)).toSorted();
    const listing = readFileSync(new URL('panel-pages.md', docs), 'utf8');
    const shown = [...listing.matchAll(/\]\(images\/panel\/([^)]+)\)/g)].map(([, file]) => file);

    assert.ok(files.length > 30, String(files.length));
    assert.deepEqual(new Set(shown), new Set(files));
  });
});

describe('mail screenshots', () => {
  it('exist for every mail and are shown in docs/emails.md (npm run docs:pictures)', () => {
    const files = readdirSync(new URL('images/mails/', docs)).toSorted();
    const listing = readFileSync(new URL('emails.md', docs), 'utf8');
    const shown = [...listing.matchAll(/\]\(images\/mails\/([^)]+)\)/g)].map(([, file]) => file);

    assert.deepEqual(files, mails.map(({ template }) => `${template}.jpg`).toSorted());
    assert.deepEqual(new Set(shown), new Set(files));
  });
});

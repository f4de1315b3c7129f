// The browser files of Swagger UI and ReDoc, from their npm packages. They are large and rarely
// requested, so each is read on its first request.
import { readFile } from 'node:fs/promises';
import { describeFile, type FileContent } from '#http/file-response.ts';

const script = 'text/javascript; charset=utf-8';

/** The start script of each page, as a file, because the content security policy permits no inline script. */
const startSwagger = `
const { dataset } = document.currentScript;
window.addEventListener('load', () => {
  window.SwaggerUIBundle({
    url: dataset.document,
    dom_id: '#documentation',
    deepLinking: true,
    // Lists the groups only: a complete list of operations is so long that only its visible part is rendered,
    // and the browser's search would miss the rest.
    docExpansion: 'none',
    filter: true,
    // By default, it sends the URL of the document to an external validator.
    validatorUrl: null,
  });
});
`;

const startRedoc = `
const { dataset } = document.currentScript;
window.addEventListener('load', () => {
  // The search would need a worker created from a blob, which the policy forbids.
  window.Redoc.init(dataset.document, { disableSearch: true }, document.getElementById('documentation'));
});
`;

type Source = { readonly package: string } | { readonly text: string };

const sources: Readonly<Record<string, Source & { readonly type: string }>> = {
  'swagger-ui.css': {
    package: 'swagger-ui-dist/swagger-ui.css',
    type: 'text/css; charset=utf-8',
  },
  'swagger-ui-bundle.js': { package: 'swagger-ui-dist/swagger-ui-bundle.js', type: script },
  'swagger-start.js': { text: startSwagger, type: script },
  'redoc.standalone.js': { package: 'redoc/bundles/redoc.standalone.js', type: script },
  'redoc-start.js': { text: startRedoc, type: script },
};

async function read(source: Source): Promise<Buffer> {
  if ('text' in source) return Buffer.from(source.text.trimStart());
  return readFile(new URL(import.meta.resolve(source.package)));
}

export function createDocumentationFiles() {
  const loaded = new Map<string, Promise<FileContent>>();

  async function load({ type, ...source }: (typeof sources)[string]): Promise<FileContent> {
    return describeFile(await read(source), type);
  }

  /** `undefined` for a name that is not in the list. */
  return function findFile(name: string): Promise<FileContent> | undefined {
    const source = Object.hasOwn(sources, name) ? sources[name] : undefined;
    if (!source) return undefined;
    const known = loaded.get(name);
    if (known) return known;
    const loading = load(source);
    loaded.set(name, loading);
    // The next request tries again.
    loading.catch(() => loaded.delete(name));
    return loading;
  };
}

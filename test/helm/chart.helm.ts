// The Helm chart: the rendered resources are valid for Kubernetes, restricted, and complete.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { allSettings } from '#config/settings.ts';
import { provideHelm, provideModels, type FindModel, type Helm } from './helm-program.ts';

interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

const issuer = 'settings.ISSUER=https://id.example.com';
const variants: readonly (readonly string[])[] = [
  [issuer],
  [issuer, 'ingress.enabled=true', 'ingress.className=nginx', 'ingress.tlsSecretName=id-tls'],
  [issuer, 'autoscaling.enabled=false', 'metrics.enabled=false', 'networkPolicy.enabled=false'],
  [issuer, 'migrations.databaseUrl.name=owner', 'migrations.databaseUrl.key=url'],
];

describe('Helm chart', () => {
  const late: { helm?: Helm; findModel?: FindModel } = {};
  before(async () => {
    [late.helm, late.findModel] = await Promise.all([provideHelm(), provideModels()]);
  });

  async function render(settings: readonly string[]): Promise<readonly Resource[]> {
    const text = await late.helm?.('template', settings);
    // The chart of this project renders maps; the schemas check their content.
    const documents = parseAllDocuments(text ?? '').map((each) => each.toJS() as Resource | null);
    return documents.filter((each) => each !== null);
  }

  for (const settings of variants) {
    it(`has no lint warning and renders valid resources: ${settings.join(' ')}`, async () => {
      await late.helm?.('lint', settings);
      const resources = await render(settings);

      assert.ok(resources.length >= 5, String(resources.length));
      for (const resource of resources) {
        const model = await late.findModel?.(resource.apiVersion, resource.kind);
        assert.ok(model);
        assert.doesNotThrow(() => new model(resource).validate(), resource.kind);
      }
    });
  }

  it('has probes, a disruption budget, an autoscaler, a network policy and a migration job', async () => {
    const resources = await render([issuer]);

    assert.deepEqual(resources.map(({ kind }) => kind).toSorted(), [
      'Deployment',
      'HorizontalPodAutoscaler',
      'Job',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'Service',
      'Service',
      'ServiceAccount',
    ]);
    const text = JSON.stringify(resources);
    for (const path of ['/health/live', '/health/ready']) assert.ok(text.includes(path));
  });

  it('contains no secret, only a reference to one', async () => {
    const resources = await render([
      issuer,
      'secrets.SMTP_URL.name=mail',
      'secrets.SMTP_URL.key=url',
    ]);
    const text = JSON.stringify(resources);

    assert.doesNotMatch(text, /"kind":"Secret"|secretKeyRef/);
    assert.match(text, /"name":"SMTP_URL_FILE","value":"\/run\/secrets\/ostiary\/SMTP_URL"/);
    assert.match(text, /"name":"mail","items":\[\{"key":"url","path":"SMTP_URL"\}\]/);
  });

  it('uses only settings that exist, and refuses values without an issuer or secret', async () => {
    const known = new Set<string>(allSettings.map(({ setting }) => setting.name));
    const templates = await readFile(
      join(import.meta.dirname, '../../deploy/helm/templates/_helpers.tpl'),
      'utf8',
    );
    for (const [, name = ''] of templates.matchAll(/- name: ([A-Z_]+)$/gm)) {
      assert.ok(known.has(name) || name === 'NODE_ENV', name);
    }

    const refused = [
      [],
      ['settings.ISSUER=http://id.example.com'],
      [issuer, 'secrets.DATABASE_URL=null'],
    ];
    for (const settings of refused) {
      await assert.rejects(async () => late.helm?.('template', settings), /ISSUER|DATABASE_URL/);
    }
  });
});

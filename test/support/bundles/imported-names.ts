// A program that prints what packages of each module format export when they are imported on use.
const packages = {
  busboy: () => import('@fastify/busboy'),
  ajv: () => import('ajv/dist/2020.js'),
  formats: () => import('ajv-formats'),
  inject: () => import('light-my-request'),
  metrics: () => import('prom-client'),
  mail: () => import('nodemailer'),
  scale: () => import('d3-scale'),
  yaml: () => import('yaml'),
};

const names: Record<string, readonly string[]> = {};
for (const [name, load] of Object.entries(packages)) {
  const exported = Object.entries(await load()).filter(([key]) => key !== 'module.exports');
  names[name] = exported.map(([key, value]) => `${key}: ${typeof value}`).toSorted();
}
process.stdout.write(JSON.stringify(names));

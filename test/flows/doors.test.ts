import { it } from 'node:test';
import { startTestApp } from '#test/app.ts';
import { recordRoutes } from '#test/route-walk.ts';
it('x', async (t) => {
  const routes = await recordRoutes(t);
  const app = await startTestApp(t);
  console.log(routes.list(app.installation).join('\n'));
});

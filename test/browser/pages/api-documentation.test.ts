// Swagger UI and ReDoc in a browser: they show the operations, and load nothing from other hosts.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeInBrowser } from '#test/support/browser/chromium.ts';

/** Both programs render a long page. */
const slow = { timeout: 60_000 };

describeInBrowser('the API documentation', {}, (stage) => {
  it('shows the operations in Swagger UI', async (t) => {
    const { page } = await stage.visit(t);

    await page.goto(`${stage.app().issuer}/auth/docs`);
    await page.locator('#operations-tag-users').click(slow);
    await page.getByText('Search users by email address', { exact: false }).first().waitFor(slow);

    assert.ok((await page.locator('.opblock-tag').count()) > 20);
    assert.ok((await page.locator('.opblock').count()) > 20);
  });

  it('shows the operations in ReDoc', async (t) => {
    const { page, forgive } = await stage.visit(t);
    await page.goto(`${stage.app().issuer}/auth/redoc`);
    await page.getByRole('heading', { name: /Search users by email address/ }).waitFor(slow);

    assert.equal((await page.locator('h1').count()) > 0, true);
    // The logo of its vendor, which the policy blocks.
    forgive(/cdn\.redoc\.ly/);
  });
});

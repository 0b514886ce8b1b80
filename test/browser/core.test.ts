import * as assert from 'uvu/assert'
import { bundleForBrowser } from '../../.ci/bundleViewer.ts'
import { authHeader, registryKey } from '../../adapters/docker/registryCredentials.ts'
import { browserSuite } from './world/browserSuite.ts'
import type { InstalledInPage } from './world/corePage.ts'
import { visitPage } from './world/visitPage.ts'

browserSuite('core', (test, browser) => {
  test('a flow runs in a page, on an engine that the page brings, and is drawn there', async () => {
    const module = await bundleForBrowser('test/browser/world/corePage.ts')
    await visitPage(browser(), 'about:blank', {}, async ({ page }) => {
      const address = `data:text/javascript;base64,${Buffer.from(module).toString('base64')}`
      const ending = page.evaluate(
        `import(${JSON.stringify(address)}).then(({ installInPage }) => installInPage())`,
      )
      await page.getByRole('button', { name: 'Grant' }).click()
      const ended = (await ending) as InstalledInPage
      assert.equal(ended, {
        states: [
          'checkPrivileges',
          'awaitConsent',
          'pulling.streaming',
          'pulling.verifying',
          'configuring',
          'enabling',
          'done',
        ],
        settings: [{ name: 'DEBUG', secret: true }],
        enabled: true,
        authHeader: authHeader({ username: 'zoë', password: 'planted' }, registryKey('docker.io')),
      })
      await page.getByText('Installed acme/probe:1.0.').first().waitFor()
    })
  })
})

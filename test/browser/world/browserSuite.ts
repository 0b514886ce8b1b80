import { type Browser, chromium } from 'playwright-core'
import type { Test } from 'uvu'
import * as assert from 'uvu/assert'
import { suite } from '../../support/suite.ts'
import { installChromium } from './installChromium.ts'

const availability = await installChromium()
if (availability.path === undefined) {
  console.log(`browser: skipped: ${availability.reason}. To run it: ${availability.remedy}`)
}

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * A suite that needs a browser. Where there is none it is skipped and says why; with
 * `REQUIRE_BROWSER=1` that is a failure.
 */
export function browserSuite(
  name: string,
  build: (test: Test, browser: () => Browser) => void,
): void {
  suite(name, (test) => {
    const { path } = availability
    if (path === undefined) {
      test.skip(name, () => {})
      test('browser: skipped', () => {
        assert.is.not(process.env.REQUIRE_BROWSER, '1', 'REQUIRE_BROWSER=1 wants a browser')
      })
      return
    }
    let browser: Browser | undefined
    test.before(async () => {
      browser = await chromium.launch({ executablePath: path, args: ARGUMENTS })
    })
    build(test, () => {
      if (!browser) throw new Error('the browser is there while a test runs, and not before')
      return browser
    })
    test.after(() => browser?.close())
  })
}

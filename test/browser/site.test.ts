import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import { axeViolations } from './world/axeViolations.ts'
import { browserSuite } from './world/browserSuite.ts'
import { visitPage } from './world/visitPage.ts'

const root = resolve(import.meta.dirname, '../..')
const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
}

/** Serves a folder on loopback. */
async function serve(folder: string) {
  const server = createServer(({ url = '/' }, response) => {
    const path = new URL(url, 'http://localhost').pathname
    try {
      const file = join(folder, path === '/' ? 'index.html' : path)
      response.setHeader('Content-Type', TYPES[extname(file)] ?? 'application/octet-stream')
      response.end(readFileSync(file))
    } catch {
      response.writeHead(404).end()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { address: `http://127.0.0.1:${port}`, server }
}

/** Starts a flow in the playground, whose title is that of its scenario. */
async function start(page: Page, scenario: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Scenario' }).selectOption(scenario)
  await page.getByRole('button', { name: 'Start' }).click()
}

const grant = (page: Page) => page.getByRole('button', { name: 'Grant' }).click()

const scenarios: [
  title: string,
  act: (page: Page) => Promise<void>,
  words: string,
  left: string,
][] = [
  ['It works', grant, 'Installed vieux/sshfs:latest', 'vieux/sshfs:latest'],
  ['A wrong setting', grant, 'unknown-setting', 'no plugin'],
  ['An engine that lies', grant, 'privileges-not-enforced', 'no plugin'],
  ['A damaged download', async () => {}, 'corrupt-layer', 'no plugin'],
  [
    'A private registry',
    async (page) => {
      await page.getByLabel('User').fill('demo')
      await page.getByLabel('Password').fill('demo')
      await page.getByRole('button', { name: 'Log in' }).click()
      await grant(page)
    },
    'Installed registry.example.com/acme/private:1.0',
    'registry.example.com/acme/private:1.0',
  ],
  [
    'A connection that is lost',
    async (page) => {
      await grant(page)
      await page.getByText(/MB of/).first().waitFor()
      await page.getByRole('button', { name: 'Cut the connection' }).click()
    },
    'pull-interrupted',
    'no plugin',
  ],
]

browserSuite('site', (test, browser) => {
  const folder = mkdtempSync(join(tmpdir(), 'plugin-flow-site-'))
  let site: Awaited<ReturnType<typeof serve>> | undefined

  test.before(async () => {
    // A dead link ends the build.
    const vitepress = join(root, 'node_modules/.bin/vitepress')
    await promisify(execFile)(vitepress, ['build', 'docs', '--outDir', folder], { cwd: root })
    site = await serve(folder)
  })
  test.after(() => {
    site?.server.close()
    site?.server.closeAllConnections()
    rmSync(folder, { recursive: true })
  })

  /** Fails for a request to anything but the site. */
  async function visit(path: string, act: (page: Page) => Promise<void>): Promise<void> {
    const { address } = site as NonNullable<typeof site>
    await visitPage(browser(), `${address}${path}`, {}, async ({ page }) => {
      const others: string[] = []
      page.on('request', (request) => {
        if (!request.url().startsWith(address)) others.push(request.url())
      })
      await act(page)
      assert.equal(others, [])
    })
  }

  for (const [title, act, words, left] of scenarios) {
    test(`playground :: ${title}`, () =>
      visit('/playground.html', async (page) => {
        await start(page, title)
        await act(page)
        await page.getByText(words).first().waitFor()
        await page.getByText(`On the engine now: ${left}.`).waitFor()
      }))
  }

  test('the start page :: runs a flow, and no check of accessibility fails', () =>
    visit('/', async (page) => {
      await start(page, 'It works')
      await page.getByRole('button', { name: 'Grant' }).waitFor()
      assert.equal(await axeViolations(page, '.playground'), [])
    }))

  for (const [machine, state, words] of [
    [
      'pluginInstall',
      'enabling',
      ['At most 3 minutes by default.', 'error(pluginEnable)', 'rollingBack'],
    ],
    [
      'pluginUpgrade',
      'trying',
      ['At most 3 minutes by default.', 'error(', 'after(tryingTimeout)'],
    ],
  ] as const) {
    test(`the statechart of ${machine} :: a state says what it means and how it is left`, () =>
      visit('/statechart.html', async (page) => {
        const chart = page.locator(`flow-statechart[machine=${machine}]`)
        await chart.locator(`[data-state="${state}"] > .box`).click({ position: { x: 5, y: 5 } })
        const about = chart.getByRole('status')
        await about.getByRole('heading', { name: state }).waitFor()
        const text = String(await about.textContent())
        for (const word of words) assert.match(text, word)
        assert.is(await chart.getByRole('combobox').inputValue(), state)
        assert.equal(await axeViolations(page, `flow-statechart[machine=${machine}]`), [])
      }))
  }

  test('search :: finds a page without a network', () =>
    visit('/guides/install.html', async (page) => {
      await page.getByRole('button', { name: 'Search' }).click()
      await page.keyboard.type('retried')
      await page.locator('.VPLocalSearchBox .result').first().waitFor()
    }))
})

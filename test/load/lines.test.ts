import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import * as assert from 'uvu/assert'
import { progressLine } from '../../adapters/embedded/exchange.ts'
import { connect } from '../../src/flow/connect.ts'
import { installPlugin } from '../../src/flow/install.ts'
import { serveEngine } from '../support/engineServer.ts'
import { digest, sampleConfig, samplePlugin } from '../support/samples.ts'
import { suite } from '../support/suite.ts'
import { aliveMB } from './heap.ts'

const LINES = 1_000_000
const LAYERS = ['3f4d34328a71', 'a1b2c3d4e5f6', '0c1d2e3f4a5b', '9f8e7d6c5b4a', '77aa88bb99cc']
const BLOCK = 1_000
const MAX_GROWTH_MB = 8

const reference = 'acme/probe:1.0'
const config = sampleConfig({ Network: { Type: '' } })
const plugin = samplePlugin({ PluginReference: `docker.io/${reference}`, Config: config })

/** Tells of a pull in a million lines, and how much is alive at a tenth of them and at the end. */
async function writeLines(response: ServerResponse, alive: number[]): Promise<void> {
  for (let line = 0; line < LINES; line += BLOCK) {
    if (line === LINES / 10) alive.push(await aliveMB())
    const block = Array.from({ length: BLOCK }, (_, index) =>
      progressLine(String(LAYERS[index % LAYERS.length]), 'Downloading', line + index, LINES),
    )
    if (!response.write(block.join(''))) await once(response, 'drain')
  }
  alive.push(await aliveMB())
  response.end(`${JSON.stringify({ status: `Digest: ${digest}` })}\r\n`)
}

suite('1,000,000 lines of progress through one flow', (test) => {
  test('memory is flat, and the last progress that the host gets is true', async () => {
    const alive: number[] = []
    let isThere = false
    const server = await serveEngine(async ({ method, url }, response) => {
      response.setHeader('Content-Type', 'application/json')
      if (url === '/_ping') return response.setHeader('Api-Version', '1.41').end('OK')
      if (url.includes('/plugins/pull')) {
        isThere = true
        return writeLines(response, alive)
      }
      if (url.includes('/privileges')) return response.end('null')
      if (url.includes('/distribution/'))
        return response.end(`{"Descriptor":{"digest":"${digest}"}}`)
      if (method === 'POST') return response.writeHead(204).end()
      return isThere
        ? response.end(JSON.stringify(plugin))
        : response
            .writeHead(404)
            .end(JSON.stringify({ message: `plugin "${reference}" not found` }))
    })
    const engine = connect({ host: server.host, env: { DOCKER_CONFIG: '/nowhere' } })
    let told = 0
    let highest = 0
    try {
      const flow = installPlugin(engine, { reference })
      const began = performance.now()
      flow.progress$.subscribe(({ layers }) => {
        told++
        highest = Math.max(highest, ...layers.map(({ current }) => current ?? 0))
      })
      await flow.result
      const seconds = (performance.now() - began) / 1_000
      const [tenth = 0, end = 0] = alive
      console.log(
        `${LINES} lines in ${seconds.toFixed(1)} s: ${tenth.toFixed(1)} MB alive at a tenth, ${(end - tenth).toFixed(2)} MB more at the end; progress was reported ${told} times`,
      )
      assert.ok(end - tenth < MAX_GROWTH_MB, `${end - tenth} MB`)
      // A pull that has ended well has ended with everything.
      assert.is(highest, LINES)
      assert.ok(told > 10 && told < LINES / 10, `reported ${told} times`)
    } finally {
      engine.close()
      await server.close()
    }
  })
})

import { runInNewContext } from 'node:vm'
import { buildSync } from 'esbuild'
import * as assert from 'uvu/assert'
import { importsOf, sources } from '../../project/house.ts'
import { suite } from '../../support/suite.ts'

const server = 'adapters/embedded/startEmbeddedEngine.ts'

/** Globals that a page and Node.js both have. */
const web = {
  AbortController,
  AbortSignal,
  TextDecoder,
  TextEncoder,
  URLSearchParams,
  atob,
  clearTimeout,
  crypto,
  setTimeout,
  structuredClone,
}

/** Pulls a plugin by the logic alone, as a page would: the reply is collected in an array. */
const page = `
  import { answerRequest } from './answerRequest.ts'
  import { SimulatedEngine } from './simulatedEngine.ts'

  export async function pull() {
    const gone = new AbortController()
    const engine = new SimulatedEngine({ pace: 0 }, gone.signal)
    const sent = []
    const request = {
      method: 'POST',
      url: '/v1.41/plugins/pull?remote=registry.example.com/acme/private:1.0',
      auth: 'eyJ1c2VybmFtZSI6ImRlbW8iLCJwYXNzd29yZCI6ImRlbW8ifQ==',
      body: async () => '[{"Name":"network","Description":"","Value":["host"]}]',
    }
    await answerRequest(engine, request, {
      gone: gone.signal,
      head: (status) => sent.push(status),
      write: async (text) => sent.push(text),
      end: (text) => sent.push(text),
      drop: () => sent.push('dropped'),
    })
    const [installed] = engine.store.all()
    return { sent: sent.join('\\n'), id: installed?.plugin.Id }
  }`

suite('embedded engine anywhere', (test) => {
  test('only its socket server imports anything of Node.js', () => {
    const packages = sources('adapters/embedded')
      .flatMap(importsOf)
      .filter(({ isPackage }) => isPackage)
    assert.ok(packages.length > 0)
    assert.equal([...new Set(packages.map(({ file }) => file))], [server])
  })

  test('its logic imports nothing of the server', () => {
    const importing = sources('adapters/embedded')
      .flatMap(importsOf)
      .filter(({ target }) => target === server)
    assert.equal(importing, [])
  })

  test('it answers where there is nothing but what a page has', async () => {
    const { outputFiles } = buildSync({
      stdin: { contents: page, resolveDir: 'adapters/embedded', loader: 'ts' },
      bundle: true,
      format: 'iife',
      globalName: 'simulation',
      platform: 'browser',
      write: false,
    })
    const code = `${outputFiles[0]?.text}; simulation.pull()`
    const { sent, id } = await runInNewContext(code, { ...web })
    assert.match(sent, /^200\n\{"status":"Pulling from registry.example.com\/acme\/private"/)
    assert.match(sent, '"status":"Download complete"')
    assert.match(id, /^[0-9a-f]{64}$/)
  })
})

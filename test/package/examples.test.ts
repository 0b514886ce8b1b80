import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'
import { type Consumer, makeConsumer } from './consumer.ts'

const root = join(import.meta.dirname, '../..')
const LIMIT_MS = 60_000

suite('examples', (test) => {
  let consumer: Consumer
  test.before(() => {
    consumer = makeConsumer()
    writeFileSync(join(consumer.folder, 'package.json'), '{"type":"module"}')
  })
  test.after(() => consumer.remove())

  test('sseBackEnd.ts compiles, serves the element, and installs what is granted', async () => {
    const source = join(consumer.folder, 'sseBackEnd.ts')
    copyFileSync(join(root, 'docs/examples/sseBackEnd.ts'), source)
    const options = '--module nodenext --strict --target es2023 --skipLibCheck --types node'
    const compiled = start(join(root, 'node_modules/typescript/bin/tsc'), [
      ...options.split(' '),
      source,
    ])
    const said = await text(compiled.stdout)
    assert.is(compiled.exitCode ?? (await once(compiled, 'close'))[0], 0, said)

    const running = start(join(consumer.folder, 'sseBackEnd.js'), [])
    const closed = once(running, 'close')
    try {
      const [url] = (await once(createInterface(running.stdout), 'line')) as [string]
      const { origin } = new URL(url)
      assert.match(await (await fetch(url)).text(), '<plugin-flow src="/events">')
      assert.match(await (await fetch(`${origin}/element.js`)).text(), 'plugin-flow')
      assert.is(
        (await fetch(`${origin}/grant`, { method: 'POST' })).status,
        404,
        'without an origin',
      )
      const told = await granted(origin)
      assert.match(told, '"to":"done"')
    } finally {
      running.kill('SIGTERM')
    }
    assert.equal(await closed, [0, null])
  })

  function start(script: string, args: string[]) {
    return spawn(process.execPath, [script, ...args], {
      cwd: consumer.folder,
      env: { ...process.env, PACE: '0', DOCKER_CONFIG: join(consumer.folder, 'none') },
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
    })
  }
})

/** Everything the stream tells, when the privileges are granted as soon as they are asked for. */
async function granted(origin: string): Promise<string> {
  const signal = AbortSignal.timeout(LIMIT_MS)
  const { body } = await fetch(`${origin}/events`, { signal })
  let told = ''
  let isAsked = false
  for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    told += chunk
    if (isAsked || !told.includes('"type":"consent"')) continue
    isAsked = true
    const { status } = await fetch(`${origin}/grant`, { method: 'POST', headers: { origin } })
    assert.is(status, 204)
  }
  return told
}

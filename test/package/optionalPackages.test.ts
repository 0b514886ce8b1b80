import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import * as assert from 'uvu/assert'
import { parcel } from '../support/foreignMachines.ts'
import { suite } from '../support/suite.ts'
import { makeConsumer } from './consumer.ts'

const command = join(import.meta.dirname, '../../dist/command/bin.cjs')
const LIMIT_MS = 60_000

/** Tells at the end which CommonJS modules of the layout's package were loaded. */
const tell = `
  import Module from 'node:module'
  process.on('exit', () => {
    const loaded = Object.keys(Module._cache).filter((path) => path.includes('/elkjs/'))
    process.stderr.write('layout modules: ' + loaded.length)
  })`

suite('built command :: ui --machine', (test) => {
  test('the layout is loaded by a process of its own, and by no other command', async () => {
    const version = start(['--version'])
    assert.equal(await version.ended, { code: 0, stderr: 'layout modules: 0' })
    const shown = start(['ui', '--machine', '-'])
    shown.child.stdin.end(JSON.stringify(parcel))
    const [printed] = await once(shown.child.stdout, 'data')
    assert.match(String(printed), /open http:\/\/127\.0\.0\.1:\d+\/#token=/)
    shown.child.kill('SIGINT')
    assert.equal(await shown.ended, { code: 130, stderr: 'layout modules: 0' })
  })

  test('without the package of the layout :: one line with the command that installs it', async () => {
    const consumer = makeConsumer('elkjs')
    try {
      const installed = 'node_modules/docker-plugin-flow/dist/command/bin.cjs'
      const { child, ended } = start(['ui', '--machine', '-'], join(consumer.folder, installed))
      child.stdin.end(JSON.stringify(parcel))
      const { code, stderr } = await ended
      const [line, rest] = stderr.split('\n')
      assert.is(code, 1)
      assert.match(line ?? '', /^plugin-flow: elkjs, .*, is missing: npm install elkjs@\d/)
      assert.is(rest, 'layout modules: 0')
    } finally {
      consumer.remove()
    }
  })
})

suite('built command :: worker', (test) => {
  test('without the package of the queue :: one line with the command that installs it', async () => {
    const consumer = makeConsumer('bullmq')
    try {
      const installed = 'node_modules/docker-plugin-flow/dist/command/bin.cjs'
      const line = ['worker', '--queue', 'postgres://ann:s3cret@127.0.0.1:1/none']
      const { code, stderr } = await start(line, join(consumer.folder, installed)).ended
      assert.is(code, 2)
      assert.match(stderr, /^plugin-flow: bullmq, .*, is missing: npm install bullmq@6 pg@8, /)
      assert.not.match(stderr, 's3cret')
    } finally {
      consumer.remove()
    }
  })
})

function start(args: string[], file = command) {
  const signal = AbortSignal.timeout(LIMIT_MS)
  const module = `data:text/javascript,${encodeURIComponent(tell)}`
  const child = spawn(process.execPath, ['--import', module, file, ...args], { signal })
  child.stdout.resume()
  const ended = Promise.all([text(child.stderr), once(child, 'close')]).then(
    ([stderr, [code]]) => ({ code, stderr }),
  )
  return { child, ended }
}

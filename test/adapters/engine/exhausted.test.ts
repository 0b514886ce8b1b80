import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as assert from 'uvu/assert'
import { startEmbeddedEngine } from '../../../src/embedded.ts'
import { suite } from '../../support/suite.ts'

const root = join(import.meta.dirname, '../../..')

/** Runs it in a process of its own that can open 60 files, `fill` of which opens all that are left. */
async function withFewDescriptors(script: string): Promise<string> {
  const whole = `
    import { closeSync, openSync } from 'node:fs'
    import { connect } from '${root}/src/flow/connect.ts'
    import { installPlugin } from '${root}/src/flow/install.ts'
    function fill() {
      const opened = []
      try {
        for (;;) opened.push(openSync('/dev/null'))
      } catch {}
      return () => opened.forEach((descriptor) => closeSync(descriptor))
    }
    ${script}`
  const limited = `ulimit -n 60; exec "$0" --import tsx --input-type=module -e "$1"`
  const { stdout } = await promisify(execFile)('sh', ['-c', limited, process.execPath, whole])
  return stdout
}

suite('no descriptor is left', (test) => {
  test('until others are closed :: a flow waits, and blames neither a file nor the engine', async () => {
    const embedded = await startEmbeddedEngine({ pace: 0 })
    const folder = mkdtempSync(join(tmpdir(), 'plugin-flow-test-'))
    try {
      const out = await withFewDescriptors(`
        const warnings = []
        const engine = connect({
          host: '${embedded.host}',
          env: { DOCKER_CONFIG: '${folder}', PATH: '' },
          onWarning: (warning) => warnings.push(warning.message),
        })
        // Modules that are loaded with the first call have to be there.
        await engine.call('systemVersion', {}, { signal: new AbortController().signal })
        await installPlugin(engine, { reference: 'acme/plain', alias: 'first' }).result
        const free = fill()
        setTimeout(free, 200)
        const { name } = await installPlugin(engine, { reference: 'acme/plain' }).result
        console.log(name, warnings.join())
        engine.close()
      `)
      assert.is(out, 'acme/plain:latest \n')
    } finally {
      rmSync(folder, { recursive: true })
      await embedded.close()
    }
  })

  test('until others are closed :: a connection is made then', async () => {
    const embedded = await startEmbeddedEngine({ pace: 0 })
    try {
      const out = await withFewDescriptors(`
        const [first, engine] = [0, 1].map(() =>
          connect({ host: '${embedded.host}', env: { DOCKER_CONFIG: '/nowhere' } }),
        )
        const { signal } = new AbortController()
        await first.call('systemVersion', {}, { signal })
        first.close()
        setTimeout(fill(), 200)
        console.log((await engine.call('systemVersion', {}, { signal })).version)
        engine.close()
      `)
      assert.is(out, '20.10.24\n')
    } finally {
      await embedded.close()
    }
  })

  test('an engine is named :: connect() says so, and chooses no other engine', async () => {
    const out = await withFewDescriptors(`
      const free = fill()
      let said
      try {
        connect({ env: { DOCKER_CONFIG: '/nowhere' } })
      } catch (error) {
        said = error.code + ': ' + error.message
      }
      free()
      console.log(said)
    `)
    assert.is(
      out,
      'host-exhausted: the Docker config /nowhere/config.json cannot be read: this process has too many files and connections open: raise its limit (ulimit -n)\n',
    )
  })
})

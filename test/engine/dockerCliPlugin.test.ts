import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as assert from 'uvu/assert'
import { COMMAND, ROOT } from '../support/command.ts'
import { engineSuite } from './world/engineSuite.ts'
import { onEngine } from './world/flows.ts'
import { SEARCH_PATH } from './world/runTool.ts'

const run = promisify(execFile)

engineSuite("real engine :: docker pluginflow, by Docker's own client", (test, world) => {
  /** A configuration in which the client finds this command. */
  const configure = () => {
    const folder = mkdtempSync(join(world().folder, 'cli-plugin-'))
    mkdirSync(join(folder, 'cli-plugins'))
    writeFileSync(join(folder, 'config.json'), '{}')
    const words = [process.execPath, ...COMMAND].map((word) => `'${word}'`).join(' ')
    const script = `#!/bin/sh\ncd '${ROOT}' && exec ${words} "$@"\n`
    writeFileSync(join(folder, 'cli-plugins', 'docker-pluginflow'), script, { mode: 0o755 })
    return folder
  }
  const docker = (folder: string, ...args: string[]) =>
    run('docker', args, { env: { PATH: SEARCH_PATH, HOME: folder, DOCKER_CONFIG: folder } })

  test('the client lists it', async () => {
    const { stdout } = await docker(configure(), '--help')
    assert.match(stdout, /^ {2}pluginflow\* +Install Docker Engine plugins/m)
  })

  test('-H of the client :: an install, and what is there', async () => {
    const folder = configure()
    const reference = world().reference('plain')
    const { stdout } = await docker(
      folder,
      ...['-H', world().host, 'pluginflow', 'install', reference, 'DEBUG=1'],
    )
    assert.match(stdout, `installed ${reference} (`)
    assert.equal(await onEngine(world()), [`${reference} enabled`])
    const list = ['pluginflow', 'ls', '--format', '{{.Name}}']
    assert.is((await docker(folder, '-H', world().host, ...list)).stdout, `${reference}\n`)
  })

  test('-c and --config of the client, and the status of a refusal', async () => {
    const folder = configure()
    await docker(folder, 'context', 'create', 'far', '--docker', `host=${world().host}`)
    const elsewhere = { env: { PATH: SEARCH_PATH, HOME: world().folder } }
    const call = ['--config', folder, '-c', 'far', 'pluginflow']
    const { stdout } = await run('docker', [...call, 'ls', '-q'], elsewhere)
    assert.is(stdout, '')
    const refused = await run('docker', [...call, 'rm', 'acme/nosuch'], elsewhere).then(
      () => ({ code: 0, stderr: '' }),
      ({ code, stderr }) => ({ code, stderr: String(stderr) }),
    )
    assert.is(refused.code, 1)
    assert.match(refused.stderr, 'acme/nosuch')
  })
})

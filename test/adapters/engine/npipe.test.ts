import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { refusedWith } from '../../support/engineFailure.ts'
import { answerPing } from '../../support/engineServer.ts'
import { runNode } from '../../support/runNode.ts'
import { suite } from '../../support/suite.ts'
import { connectTo } from './connectTo.ts'

const PIPE = '\\\\.\\pipe\\docker_engine'
const at = (file: string) => new URL(file, import.meta.url).href
const program = `
  const { connectTo } = await import('${at('./connectTo.ts')}')
  const { ping } = await import('${at('./engineFixture.ts')}')
  const connection = connectTo({ host: 'npipe:////./pipe/docker_engine', platform: 'win32' })
  const { apiVersion } = await ping(connection)
  console.log(connection.host, apiVersion)
`

suite('connectEngine :: npipe', (test) => {
  test('is for Windows', async () => {
    const host = 'npipe:////./pipe/docker_engine'
    assert.is(connectTo({ host, platform: 'win32' }).host, host)
    await refusedWith('invalid-option', async () => connectTo({ host, platform: 'linux' }))
  })

  // To Node.js a pipe is a path as that of a socket. Where there are no pipes the path is that of a file
  // of this name, in the folder that a process runs in.
  test('the path of the pipe is what is connected to', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'npipe-'))
    const server = createServer((_, response) => answerPing(response))
    try {
      await once(server.listen(`${folder}/${PIPE}`), 'listening')
      const args = ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', program]
      // Run elsewhere the code is compiled in another way, which a measure of coverage cannot add up.
      const env = { ...process.env, NODE_V8_COVERAGE: undefined }
      assert.equal(await runNode(args, { cwd: folder, env }), {
        code: 0,
        output: 'npipe:////./pipe/docker_engine 1.41\n',
      })
    } finally {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      rmSync(folder, { recursive: true })
    }
  })
})

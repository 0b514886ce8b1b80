import * as assert from 'uvu/assert'
import { refusedWith } from '../../../support/engineFailure.ts'
import { serveBytes } from '../../../support/engineServer.ts'
import { answerAsRecorded, readRecording, recordedBody } from '../../../support/recordingServer.ts'
import { suite } from '../../../support/suite.ts'
import { connectTo } from '../connectTo.ts'
import { callOn, withEngine } from '../engineFixture.ts'

const input = {
  remote: 'acme/plain:1.0',
  name: 'plain:1.0',
  privileges: [],
}

/** Every byte around the end of a line, and every 29th of the others. */
function places(body: Buffer): number[] {
  const ends = [...body.keys()].filter((index) => body[index] === 0x0a)
  const near = ends.flatMap((end) => [end - 2, end - 1, end, end + 1, end + 2])
  const others = [...body.keys()].filter((index) => index % 29 === 0)
  return [...new Set([...near, ...others])].filter((cut) => cut >= 0 && cut <= body.length)
}

suite('pluginPull :: over a connection that ends', (test) => {
  for (const scenario of ['pull.plain', 'pull.layer-corrupt']) {
    const recording = readRecording(scenario)
    const body = recordedBody(recording)

    test(`${scenario} cut short :: pull-interrupted, even between two lines`, async () => {
      let cut = 0
      await withEngine(
        (_, response) => answerAsRecorded(recording, response, { cut }),
        async (connection) => {
          for (cut of places(body)) {
            // The error line is the last: once it is whole, it is what went wrong.
            const line = body.subarray(0, cut).includes('"error":') && cut >= body.length
            const code = line ? 'corrupt-layer' : 'pull-interrupted'
            await refusedWith(code, () => callOn(connection, 'pluginPull', input))
          }
        },
      )
    })

    test(`${scenario} in two pieces :: as in one`, async () => {
      let cut = 0
      await withEngine(
        (_, response) =>
          answerAsRecorded(recording, response, {
            chunks: [body.subarray(0, cut), body.subarray(cut)],
          }),
        async (connection) => {
          for (cut of places(body)) {
            const pull = () => callOn(connection, 'pluginPull', input)
            if (scenario === 'pull.plain') assert.ok((await pull()).digest, `cut at ${cut}`)
            else await refusedWith('corrupt-layer', pull)
          }
        },
      )
    })
  }

  // HTTP/1.0, and proxies that speak it, mark the end of a body by closing the connection: a cut at
  // the end of a line looks like the end. Whoever pulls has to look whether the plugin is there.
  test('a body that ends with the connection :: is whole at the end of a line only', async () => {
    const body = recordedBody(readRecording('pull.plain'))
    let cut = 0
    const server = await serveBytes((socket, data) => {
      if (!data.toString('latin1').endsWith('[]')) return
      socket.write('HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n')
      socket.end(body.subarray(0, cut))
    })
    const connection = connectTo({ host: server.host })
    try {
      const firstEnd = body.indexOf('\n') + 1
      for (cut of [0, 1, firstEnd - 3, firstEnd + 1, body.length - 3]) {
        await refusedWith('pull-interrupted', () => callOn(connection, 'pluginPull', input))
      }
      for (cut of [firstEnd, firstEnd - 1, firstEnd - 2, body.length - 2, body.length]) {
        await callOn(connection, 'pluginPull', input)
      }
    } finally {
      connection.close()
      await server.close()
    }
  })
})

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
  // the end of a line looks like the end.
  for (const [scenario, last] of [
    ['pull.plain', 'Download complete'],
    ['pull.big', 'Download complete'],
    ['pull.big-throttled', '"Complete'],
    ['pull.same-content-second-alias', '"Complete'],
  ] as const) {
    test(`${scenario} that ends with the connection :: is whole after its last line only`, async () => {
      const body = recordedBody(readRecording(scenario))
      let cut = 0
      const server = await serveBytes((socket, data) => {
        if (!data.toString('latin1').endsWith('[]')) return
        socket.write('HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n')
        socket.end(body.subarray(0, cut))
      })
      const connection = connectTo({ host: server.host })
      try {
        const wholeFrom = body.lastIndexOf('}', body.lastIndexOf(last) + 200) + 1
        const cuts = places(body).sort((one, other) => one - other)
        for (cut of cuts.filter((at) => at < wholeFrom).slice(-60)) {
          await refusedWith('pull-interrupted', () => callOn(connection, 'pluginPull', input))
        }
        for (cut of [wholeFrom, wholeFrom + 1, body.length]) {
          assert.ok((await callOn(connection, 'pluginPull', input)).digest)
        }
      } finally {
        connection.close()
        await server.close()
      }
    })
  }

  for (const headers of ['HTTP/1.0 200 OK', 'HTTP/1.1 200 OK\r\nConnection: close']) {
    test(`${headers} without layers :: is not whole`, async () => {
      const server = await serveBytes((socket, data) => {
        if (!data.toString('latin1').endsWith('[]')) return
        socket.end(`${headers}\r\n\r\n{"status":"Digest: sha256:${'0'.repeat(64)}"}\r\n`)
      })
      const connection = connectTo({ host: server.host })
      try {
        await refusedWith('pull-interrupted', () => callOn(connection, 'pluginPull', input))
      } finally {
        connection.close()
        await server.close()
      }
    })
  }
})

suite('pluginPull :: bytes that tell nothing are silence', (test) => {
  const silences: [name: string, beat: string][] = [
    ['blank lines', '\r\n'],
    ['spaces without a line break', '    '],
    ['a line that grows for ever', 'x'],
    ['the same line again', '{"status":"Waiting","id":"3f4d34328a71"}\r\n'],
  ]
  for (const [name, beat] of silences) {
    test(`${name} :: timed-out after idle`, async () => {
      await withEngine(
        (_, response) => {
          response.writeHead(200)
          response.write(
            `{"status":"Waiting","id":"3f4d34328a71"}\r\n${beat === 'x' ? '{"status":"' : ''}`,
          )
          const clock = setInterval(() => response.write(beat), 20)
          response.on('close', () => clearInterval(clock))
        },
        async (connection) => {
          const started = performance.now()
          await refusedWith('timed-out', () => callOn(connection, 'pluginPull', input))
          const took = performance.now() - started
          assert.ok(took >= 290 && took < 5_000, `${took} ms`)
        },
        { timeouts: { idle: 300 } },
      )
    })
  }
})

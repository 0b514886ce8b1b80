import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { EngineConnection } from '../../../../adapters/engine/http/connectEngine.ts'
import { SshStream } from '../../../../adapters/engine/http/sshStream.ts'
import type { ObstacleCode } from '../../../../adapters/engine/words/transportFailures.ts'
import { isAlive } from '../../../engine/world/processes.ts'
import { until } from '../../../engine/world/until.ts'
import { PLANTED, refusedWith } from '../../../support/engineFailure.ts'
import {
  answerJSON,
  answerPing,
  type EngineServer,
  type Handler,
  serveEngine,
} from '../../../support/engineServer.ts'
import { suite } from '../../../support/suite.ts'
import { connectTo } from '../connectTo.ts'
import { callOn, never, ping, requestOf } from '../engineFixture.ts'
import { kept } from '../obstacleFixture.ts'
import { DIAL, type FakeSsh, makeFakeSsh } from '../sshFixture.ts'

const HOST = 'ssh://me@engine.example:2222'
const PONG = 'HTTP/1.1 200 OK\\r\\nApi-Version: 1.41\\r\\nContent-Length: 0\\r\\n\\r\\n'
/** A function of the shell: reads the head of a request. */
const TAKE = `end=$(printf '\\r'); take() { while read -r line && [ "$line" != "$end" ]; do :; done; };`
const pullInput = { remote: 'acme/probe:1.0', name: 'probe:1.0', privileges: [] }

/** Connects through a script that takes the place of `ssh`; none of it is left afterwards. */
async function through(
  script: string,
  use: (connection: EngineConnection, ssh: FakeSsh) => Promise<void>,
  { env = {}, ...options }: { env?: Record<string, string>; timeouts?: object } = {},
): Promise<void> {
  const ssh = makeFakeSsh(script, env)
  const connection = connectTo({ host: HOST, env: ssh.env, ...options })
  try {
    await use(connection, ssh)
    connection.close()
    await ssh.gone()
  } finally {
    connection.close()
    ssh.remove()
  }
}

/** The same, with an engine on the other side. Its probes are taken out of the requests. */
async function dialling(
  handler: Handler,
  use: (connection: EngineConnection, server: EngineServer, ssh: FakeSsh) => Promise<void>,
  script = `exec ${DIAL}`,
): Promise<void> {
  const server = await serveEngine((request, response, message) =>
    request.method === 'HEAD' ? answerPing(response) : handler(request, response, message),
  )
  const env = { ENGINE: server.host.replace('unix://', '') }
  try {
    await through(script, (connection, ssh) => use(connection, server, ssh), { env })
  } finally {
    await server.close()
  }
}

const refused = (connection: EngineConnection, code: ObstacleCode, why: string) =>
  kept({ code, why }, HOST, () => ping(connection))

suite('SshStream :: a connection', (test) => {
  test('one process for one call after another', async () => {
    await dialling(
      (request, response) =>
        request.url === '/_ping' ? answerPing(response) : answerJSON(response, 200, null),
      async (connection, server, ssh) => {
        assert.equal(ssh.pids(), [])
        for (let call = 0; call < 3; call++) {
          assert.is((await ping(connection)).apiVersion, '1.41')
          assert.equal(await callOn(connection, 'pluginList', {}), [])
        }
        assert.equal(ssh.calls(), [
          ...[
            [
              '-T',
              '-o',
              'BatchMode=yes',
              '-o',
              'ConnectTimeout=30',
              '-l',
              'me',
              '-p',
              '2222',
            ].concat(['--', 'engine.example', 'docker', 'system', 'dial-stdio']),
          ],
        ])
        assert.is(server.connections(), 1)
        assert.is(server.requests.length, 7)
        assert.is(server.requests[1]?.headers.host, 'docker')
        assert.equal(ssh.pids().map(isAlive), [true])
      },
    )
  })

  test('calls at the same time :: a process each', async () => {
    const waiting: (() => void)[] = []
    await dialling(
      (_, response) => {
        waiting.push(() => answerPing(response))
        if (waiting.length === 2) for (const answer of waiting) answer()
      },
      async (connection, _, ssh) => {
        await Promise.all([ping(connection), ping(connection)])
        assert.is(ssh.pids().length, 2)
      },
    )
  })

  test('changes one after another :: a process each, of which the next is there before it is needed', async () => {
    await dialling(
      (_, response) => response.writeHead(204).end(),
      async (connection, server, ssh) => {
        const change = () => callOn(connection, 'pluginSet', { name: 'a', settings: ['A=1'] })
        const probes = () => server.requests.filter(({ method }) => method === 'HEAD').length
        for (let made = 1; made <= 3; made++) {
          await change()
          await until('the next one is open', () => probes() === made + 1)
          assert.is(server.connections(), made + 1)
        }
        const methods = server.requests.map(({ method }) => method)
        assert.is(methods.filter((method) => method === 'POST').length, 3)
        assert.is(ssh.pids().length, 4)
      },
    )
  })

  test('a body that is longer than what a pipe takes', async () => {
    const settings = [`ARGS=${'x'.repeat(3_000_000)}`]
    await dialling(
      (_, response) => response.writeHead(204).end(),
      async (connection, { requests }) => {
        await callOn(connection, 'pluginSet', { name: 'a', settings })
        // The connection that is opened ahead is probed meanwhile.
        const change = requests.find(({ method }) => method === 'POST')
        assert.is(change?.body, JSON.stringify(settings))
      },
    )
  })

  test('an answer that is not read :: is not taken', async () => {
    const pieces = 512
    const piece = `${JSON.stringify({ status: 'x'.repeat(60 * 1024) })}\n`
    let sent = 0
    await dialling(
      (_, response) => {
        const wrote = () => {
          sent++
          next()
        }
        const next = () => {
          if (sent === pieces) response.end()
          else response.write(piece, wrote)
        }
        next()
      },
      async (connection) => {
        const answer = await connection.send(requestOf('GET', '/big'), never)
        // The other side stands still once it has filled what is in between.
        for (let before = -1; sent !== before; ) {
          before = sent
          await new Promise((next) => setTimeout(next, 250))
        }
        assert.ok(sent < pieces / 2, `${sent} pieces of ${pieces} were taken`)
        let taken = 0
        await answer.eachMessage(
          () => true,
          () => taken++,
        )
        assert.is(taken, pieces)
      },
    )
  })

  test('an engine that ends it after an answer :: no process is kept', async () => {
    await dialling(
      (_, response) => answerPing(response.setHeader('Connection', 'close')),
      async (connection, server, ssh) => {
        await ping(connection)
        await ssh.gone()
        await ping(connection)
        assert.is(server.connections(), 2)
      },
    )
  })

  test('an answer that is the last one :: ends ssh, whether or not the engine ends it', () =>
    through(
      `${TAKE} take; printf '${PONG}'; take; printf '${PONG.replace('HTTP/1.1', 'HTTP/1.0')}'; exec sleep 60`,
      async (connection, ssh) => {
        await ping(connection)
        await ssh.gone()
      },
    ))

  for (const status of [0, 255]) {
    test(`one that ended in the pool :: status ${status} :: the next call has another`, async () => {
      let calls = 0
      await dialling(
        (_, response, { socket }) => {
          // The engine hangs up when the answer is there.
          if (calls++ === 0) response.once('finish', () => setImmediate(() => socket.destroy()))
          answerPing(response)
        },
        async (connection, server, ssh) => {
          await ping(connection)
          await ssh.gone()
          await ping(connection)
          assert.is(server.connections(), 2)
          assert.is(ssh.pids().length, 2)
        },
        `${DIAL}; exit ${status}`,
      )
    })
  }

  const CHANGE = "callOn(connection, 'pluginSet', { name: 'a', settings: ['A=1'] })"
  const SECOND_HANGS = `if mkdir "$FOLDER/one" 2>/dev/null; then exec ${DIAL}; else exec cat > /dev/null; fi`
  for (const [what, call, processes, script] of [
    ['an idle one', 'ping(connection)', 1, `exec ${DIAL}`],
    ['one that is opened ahead', CHANGE, 2, SECOND_HANGS],
  ] as const) {
    test(`${what} keeps no process alive, and ends with it`, async () => {
      const program = `
        const { connectTo } = await import('./test/adapters/engine/connectTo.ts')
        const { callOn, ping } = await import('./test/adapters/engine/engineFixture.ts')
        const connection = connectTo({ host: process.argv[1] })
        await ${call}
        const end = Date.now()
        // A connection that is not used is closed after ten seconds.
        process.on('exit', () => process.exit(Date.now() - end > 8_000 ? 1 : 0))
      `
      await dialling(
        (request, response) =>
          request.url === '/_ping' ? answerPing(response) : response.writeHead(204).end(),
        async (_, __, ssh) => {
          const args = ['--import', 'tsx', '--input-type=module', '-e', program, HOST]
          const child = spawn(process.execPath, args, { env: ssh.env, stdio: 'inherit' })
          const timer = setTimeout(() => child.kill('SIGKILL'), 60_000)
          const [code] = await once(child, 'close')
          clearTimeout(timer)
          assert.is(code, 0)
          await until('each has begun', () => ssh.pids().length === processes)
          await ssh.gone()
        },
        script,
      )
    })
  }
})

suite('SshStream :: no connection', (test) => {
  test('there is no ssh', async () => {
    const connection = connectTo({ host: HOST, env: { PATH: '/nosuch' } })
    const why = 'an engine behind ssh:// needs the ssh command'
    const line = `ssh cannot be run (it is not on the PATH): ${why}`
    await refused(connection, 'invalid-configuration', line)
  })

  const UNFIT: [code: string, content: string, env: Record<string, string>][] = [
    ['ENOENT', '#!/nosuch/sh\n', {}],
    ['E2BIG', '#!/bin/sh\n', { BIG: 'x'.repeat(200_000) }],
    ['ERR_INVALID_ARG_VALUE', '#!/bin/sh\n', { NUL: '\0' }],
  ]
  for (const [code, content, env] of UNFIT) {
    test(`ssh cannot be run :: ${code}`, () =>
      through(
        '',
        async (connection, ssh) => {
          writeFileSync(join(String(ssh.env.FOLDER), 'ssh'), content)
          const why = 'an engine behind ssh:// needs the ssh command'
          const line = `ssh cannot be run (${code}): ${why}`
          await refused(connection, 'invalid-configuration', line)
        },
        { env },
      ))
  }

  const ENDS: [title: string, script: string, code: ObstacleCode, why: string][] = [
    [
      'words of ssh',
      'echo "Host key verification failed." >&2; exit 255',
      'engine-not-trusted',
      'the key of the SSH server is not known: connect once with ssh, and compare the key before you accept it',
    ],
    [
      'the last of many words',
      'yes "a warning" | head -c 200000 >&2; echo "docker: command not found" >&2; exit 127',
      'invalid-configuration',
      'the docker command is not on that host, or not on the PATH of the user there',
    ],
    [
      'other words',
      'echo "no luck today" >&2; exit 3',
      'engine-unreachable',
      'ssh ended with status 3: no luck today',
    ],
    ['no words', 'exit 0', 'engine-unreachable', 'ssh ended with status 0 and no words'],
    ['killed', 'kill -KILL $$', 'engine-unreachable', 'ssh was killed and no words'],
    [
      'an end in the answer',
      "printf 'HTTP/1.1 200'; exit 1",
      'engine-unreachable',
      'ssh ended with status 1 and no words',
    ],
  ]
  for (const [title, script, code, why] of ENDS) {
    test(`${title} :: says why`, () =>
      through(script, (connection) => refused(connection, code, why)))
  }

  test('no engine on the other side', async () => {
    await through(
      `exec ${DIAL}`,
      (connection) =>
        refused(
          connection,
          'engine-unreachable',
          'the engine there does not run, or listens elsewhere',
        ),
      { env: { ENGINE: '/nosuch/docker.sock' } },
    )
  })

  const GARBAGE: [title: string, script: string][] = [
    ['a greeting of the shell', 'echo "Welcome to engine.example"; exec sleep 60'],
    ['one letter', 'printf G; exec sleep 60'],
    ['a head without an end', "printf 'HTTP/1.1 200 OK\\r\\nX: '; exec yes"],
  ]
  for (const [title, script] of GARBAGE) {
    test(`${title} :: is no HTTP`, () =>
      through(script, async (connection, ssh) => {
        const error = await refusedWith('engine-protocol', () => ping(connection))
        const what = 'it answered systemPing with something that is no HTTP'
        const line = `what answers at ${HOST} does not speak as a Docker Engine does: ${what}`
        assert.is(error.message, line)
        await ssh.gone()
      }))
  }

  test('an answer in many pieces :: is one', () =>
    dialling(
      (_, response) => answerPing(response),
      async (connection) => {
        assert.is((await ping(connection)).apiVersion, '1.41')
      },
      `${DIAL} | while IFS= read -r line; do printf %s "$line"; printf '\\n'; done`,
    ))

  test('hangs :: is given up in time, with all that it has started', () =>
    through(
      'sleep 60 & note $!; wait',
      async (connection, ssh) => {
        await refused(connection, 'engine-unreachable', 'it did not take the connection in time')
        await ssh.gone()
        assert.is(ssh.pids().length, 2)
      },
      { timeouts: { connect: 2_000 } },
    ))

  test('hangs, and does not end when it is asked to :: is killed', () =>
    through(
      "trap '' TERM; while :; do sleep 1; done",
      async (connection, ssh) => {
        await refused(connection, 'engine-unreachable', 'it did not take the connection in time')
        await ssh.gone()
        assert.is(ssh.pids().length, 1)
      },
      { timeouts: { connect: 2_000 } },
    ))

  test('cancelled while it connects :: no process is left', () =>
    through('sleep 60 & note $!; echo >&2; wait', async (connection, ssh) => {
      const controller = new AbortController()
      const call = refusedWith('cancelled', () => ping(connection, controller.signal))
      while (ssh.pids().length < 2) await new Promise((next) => setTimeout(next, 5))
      controller.abort()
      await call
      await ssh.gone()
    }))

  test('given up before it was started :: it is not', async () => {
    const ssh = makeFakeSsh(`printf '${PONG}'; exec sleep 60`)
    const open = () => new SshStream({ args: [], env: ssh.env, platform: 'linux' })
    try {
      const given = open().destroy()
      assert.ok(given.destroyed)
      const other = open()
      await once(other, 'connect')
      assert.is(ssh.pids().length, 1)
      other.destroy()
      await ssh.gone()
    } finally {
      ssh.remove()
    }
  })
})

suite('SshStream :: an end in the middle', (test) => {
  const LINE =
    'HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\n\\r\\n{"status":"a"}\\r\\n{"st'
  /** Answers the probe, then a pull with a part of its stream. */
  const cut = (end: string) =>
    `take() { while read -r line && [ ${'$'}{#line} -gt 1 ]; do :; done; }
    take; printf '${PONG}'; take; printf '${LINE}'; ${end}`

  for (const end of ['exit 0', 'exit 255', 'kill -KILL $$']) {
    test(`of a pull :: ${end}`, () =>
      through(cut(end), async (connection) => {
        const error = await refusedWith('pull-interrupted', () =>
          callOn(connection, 'pluginPull', pullInput),
        )
        const what = 'ended in the middle of the pull of acme/probe:1.0'
        assert.is(error.message, `the connection to ${HOST} ${what}`)
      }))

    test(`before an answer :: ${end}`, () =>
      through(`printf '${PONG}'; read -r line; read -r line; ${end}`, async (connection) => {
        const error = await refusedWith('engine-unreachable', () =>
          callOn(connection, 'pluginSet', { name: 'a', settings: [PLANTED] }),
        )
        const what = 'ended before pluginSet of a was answered'
        assert.is(error.message, `the connection to ${HOST} ${what}`)
      }))
  }

  test('an answer that hangs :: is given up in time, and ssh is ended', () =>
    through(
      `printf '${PONG}'; exec sleep 60`,
      async (connection, ssh) => {
        const error = await refusedWith('timed-out', () => ping(connection))
        assert.is(error.message, `the engine at ${HOST} took too long over systemPing of ${HOST}`)
        await ssh.gone()
      },
      { timeouts: { answer: 2_000 } },
    ))

  test('cancelled in a pull :: the engine sees it, and no process of that call is left', async () => {
    const controller = new AbortController()
    await dialling(
      (_, response) => response.write('{"status":"a"}\r\n'),
      async (connection, server, ssh) => {
        const onMessage = () => controller.abort()
        await refusedWith('cancelled', () =>
          callOn(connection, 'pluginPull', pullInput, { onMessage, signal: controller.signal }),
        )
        await server.connectionClosed()
        // The connection for the next call is another process, and has what it started.
        await until('ssh has ended', () => !ssh.pids().slice(0, 2).some(isAlive))
      },
      `sleep 60 & note $!; ${DIAL}`,
    )
  })

  test('close() :: ends calls under way', async () => {
    const opened: EngineConnection[] = []
    await dialling(
      () => opened[0]?.close(),
      async (connection, _, ssh) => {
        opened.push(connection)
        await refusedWith('engine-unreachable', () => ping(connection))
        await ssh.gone()
      },
    )
  })
})

suite('SshStream :: the end of the program', (test) => {
  for (const [what, isHeld, prepare] of [
    ['let go of before it was started', 0, (stream: SshStream) => stream.unref()],
    ['let go of, and needed before it was started', 1, (stream: SshStream) => stream.unref().ref()],
  ] as const) {
    test(`${what} :: it ${isHeld ? 'keeps' : 'does not keep'} this process alive`, async () => {
      const ssh = makeFakeSsh(`printf '${PONG}'; exec sleep 60`)
      const held = () =>
        process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length
      const before = held()
      const stream = new SshStream({ args: [], env: ssh.env, platform: 'linux' })
      const timer = setTimeout(() => {}, 60_000)
      try {
        prepare(stream)
        await once(stream, 'connect')
        assert.is(held() - before, isHeld)
      } finally {
        clearTimeout(timer)
        stream.destroy()
        await ssh.gone()
        ssh.remove()
      }
    })
  }

  test('it is gone when it is to be ended', async () => {
    const ssh = makeFakeSsh(`printf '${PONG}'; exec cat >&2`)
    const { kill } = process
    try {
      const stream = new SshStream({ args: [], env: ssh.env, platform: 'linux' })
      await once(stream, 'connect')
      process.kill = () => {
        throw Object.assign(new Error('kill ESRCH'), { code: 'ESRCH' })
      }
      stream.destroy()
      await once(stream, 'close')
      await ssh.gone()
    } finally {
      process.kill = kill
      ssh.remove()
    }
  })

  test('without a group, as on Windows :: the program itself is ended', async () => {
    const ssh = makeFakeSsh(`printf '${PONG}'; exec sleep 60`)
    try {
      const stream = new SshStream({ args: [], env: ssh.env, platform: 'win32' })
      await once(stream, 'connect')
      assert.is(stream.setKeepAlive().setNoDelay().setTimeout(), stream)
      stream.destroy()
      await once(stream, 'close')
      await ssh.gone()
    } finally {
      ssh.remove()
    }
  })
})

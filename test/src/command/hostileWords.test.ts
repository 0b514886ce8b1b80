import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { answerJSON, answerPing, type Handler, serveEngine } from '../../support/engineServer.ts'
import { writeNoCredentials } from '../../support/noCredentials.ts'
import { samplePlugin } from '../../support/samples.ts'
import { suite } from '../../support/suite.ts'
import { collector } from './collect.ts'
import { run } from './stage.ts'

/** Sets a title, clears the screen, colours, rings, turns the direction, breaks the line, has letters from right to left. */
const EVIL =
  '\x1b]0;owned\x07\x1b[2J\x9b31m\u202eevil\u2066\u200b\r\nplugin-flow: installed\x7f\u2028/\u05d0\u0627 5'
const NAME = 'acme/volume:1.0'
const digest = `sha256:${'c5'.repeat(32)}`

/** An engine that says it wherever it can say something; `fails` with it from the pull on. */
function evilEngine(fails: boolean): Handler {
  let isInstalled = false
  const plugin = () => {
    const { Config, ...rest } = samplePlugin({ Name: NAME, PluginReference: NAME })
    return { ...rest, Config: { ...Config, Description: EVIL, Documentation: EVIL } }
  }
  return (request, response) => {
    response.setHeader('Docker-Plugin-Name', 'acme/volume:1.0')
    if (request.url === '/_ping') return answerPing(response, '1.41', '20.10.24')
    if (request.url.includes('/privileges?')) {
      const evil = { Name: `evil ${EVIL}`, Description: EVIL, Value: [EVIL] }
      const asked = { Name: 'network', Description: EVIL, Value: ['host'] }
      return answerJSON(response, 200, fails ? [asked, evil] : [asked])
    }
    if (request.url.includes('/distribution/')) {
      return answerJSON(response, 200, { Descriptor: { digest } })
    }
    if (request.url.includes('/plugins/pull')) {
      isInstalled = true
      const lines = [
        {
          id: EVIL,
          status: 'Downloading',
          progress: EVIL,
          progressDetail: { current: 1, total: 2 },
        },
        { status: EVIL },
        ...(fails ? [{ error: EVIL, errorDetail: { message: EVIL } }] : []),
      ]
      return response.end(lines.map((line) => `${JSON.stringify(line)}\r\n`).join(''))
    }
    if (/\/plugins(\?|$)/.test(request.url)) return answerJSON(response, 200, [plugin()])
    if (request.method === 'GET') {
      if (isInstalled) return answerJSON(response, 200, plugin())
      return answerJSON(response, 404, { message: `plugin "a" not found` })
    }
    if (fails) return answerJSON(response, 500, { message: EVIL })
    return response.writeHead(204).end()
  }
}

async function onEvil(
  fails: boolean,
  act: (env: Record<string, string>) => Promise<void>,
): Promise<void> {
  const config = mkdtempSync(join(tmpdir(), 'plugin-flow-test-'))
  writeNoCredentials(config)
  const server = await serveEngine(evilEngine(fails))
  try {
    await act({ DOCKER_CONFIG: config, DOCKER_HOST: server.host, XDG_STATE_HOME: config })
  } finally {
    await server.close()
    rmSync(config, { recursive: true })
  }
}

/** Line breaks are the command's own; nothing else that a terminal acts on may be there. */
function assertHarmless(text: string): void {
  assert.not.match(text, /[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
  assert.not.match(text, /^plugin-flow: installed/m)
  assert.not.match(text, /[\u05d0\u0627]/)
}

const GRANT = '--grant-all-permissions'
const EVIL_NAME = `acme/${EVIL}`

suite('words from outside', (test) => {
  const commands: [name: string, argv: string[]][] = [
    ['install', ['install', GRANT, NAME]],
    ['install, asking', ['install', NAME]],
    ['install --json', ['install', '--json', NAME]],
    ['install --quiet', ['install', '--quiet', GRANT, NAME]],
    ['install --dry-run', ['install', '--dry-run', NAME]],
    ['install --dry-run --json', ['install', '--dry-run', '--json', NAME]],
    ['install of an invalid name', ['install', EVIL_NAME]],
    ['install with an invalid setting', ['install', GRANT, NAME, `${EVIL}=1`]],
    ['install with an unknown option', ['install', `--${EVIL}`, NAME]],
    ['an unknown command', [EVIL]],
    ['ls', ['ls']],
    ['ls --no-trunc', ['ls', '--no-trunc']],
    ['ls --format json', ['ls', '--format', 'json']],
    ['inspect', ['inspect', NAME]],
    ['inspect of an invalid name', ['inspect', EVIL_NAME]],
    ['enable', ['enable', NAME]],
    ['set', ['set', NAME, `${EVIL}=1`]],
    ['rm', ['rm', EVIL_NAME, NAME]],
    ['-H', ['-H', EVIL, 'ls']],
    ['--context', ['--context', EVIL, 'ls']],
    ['--set-secret', ['install', '--set-secret', `${EVIL}=@${EVIL}`, NAME]],
  ]
  for (const fails of [false, true]) {
    for (const [name, argv] of commands) {
      test(`${name}, of an engine that ${fails ? 'fails' : 'does it'} :: are shown, and do nothing`, () =>
        onEvil(fails, async (env) => {
          const running = run({}, env, argv)
          running.stdin.end('y\n')
          await running.code
          const text = running.stdout.text() + running.stderr.text()
          assertHarmless(text)
          assert.ok(text !== '' || ['enable', 'set'].includes(name))
        }))
    }

    test(`on a terminal, of an engine that ${fails ? 'fails' : 'does it'} :: are shown, and do nothing`, () =>
      onEvil(fails, async (env) => {
        const stdout = Object.assign(collector(), { isTTY: true, columns: 80, rows: 24 })
        const running = run({ stdout }, env, ['install', NAME])
        running.stdin.end('y\n')
        await running.code
        const text = stdout.text() + running.stderr.text()
        if (fails) assert.match(text, 'evil')
        for (const part of ['\x1b]', '\x07', '\x9b', '\u202e', '\u2066', '\u200b', '\x7f']) {
          assert.not.ok(text.includes(part), JSON.stringify(part))
        }
        assert.not.match(text, /^plugin-flow: installed/m)
      }))
  }
})

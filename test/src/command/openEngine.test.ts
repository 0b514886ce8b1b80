import * as assert from 'uvu/assert'
import { startEmbeddedEngine } from '../../../src/embedded.ts'
import { withDockerFolder } from '../../support/dockerFolder.ts'
import { suite } from '../../support/suite.ts'
import { run } from './stage.ts'

async function ended(env: Record<string, string>, ...argv: string[]) {
  const { code, stdout, stderr } = run({}, env, argv)
  return { code: await code, stdout: stdout.text(), stderr: stderr.text() }
}

const usage: [args: string[], line: string][] = [
  [
    ['--tlskey', '/key.pem', '-H', 'tcp://127.0.0.1:1'],
    'a TLS file is given without TLS: add --tlsverify',
  ],
  [['--context', 'nosuch'], 'there is no Docker context "nosuch"'],
  [['--tls', '--tlskey', '/nowhere/key.pem', '-H', 'tcp://127.0.0.1:1'], '/nowhere/key.pem'],
]

suite('an engine that cannot be named so', (test) => {
  for (const [args, line] of usage) {
    test(`${args.join(' ')} :: one line, 2, by every command`, () =>
      withDockerFolder(async ({ env }) => {
        for (const command of [['ls'], ['install', 'acme/plain']]) {
          const { code, stdout, stderr } = await ended(env, ...command, ...args)
          assert.equal([code, stdout], [2, ''])
          assert.match(stderr, line)
        }
      }))
  }

  test('a configuration that cannot be used :: one line that names it, and 0', () =>
    withDockerFolder(async ({ env, path, config }) => {
      config('{')
      const embedded = await startEmbeddedEngine({ pace: 0 })
      try {
        assert.equal(await ended({ ...env, DOCKER_HOST: embedded.host }, 'ls', '-q'), {
          code: 0,
          stdout: '',
          stderr: `plugin-flow: warning: the Docker config ${path}/config.json is not valid JSON: it ends too early, at line 1, column 2; it is ignored\n`,
        })
      } finally {
        await embedded.close()
      }
    }))
})

import * as assert from 'uvu/assert'
import { suite } from '../../support/suite.ts'
import { lines, onStage, run as runCommand } from './stage.ts'

const EMBEDDED = ['--engine', 'embedded']
const QUESTION = 'Do you grant the above permissions? [y/N] '

suite('plugin-flow install --quiet', (test) => {
  test('the id of what was installed, and nothing else', () =>
    onStage(async ({ embedded, run }) => {
      const { code, stdout, stderr } = run('acme/plain', '-q')
      assert.equal([await code, stderr.text()], [0, ''])
      assert.is(stdout.text(), `${embedded.plugins()[0]?.Id}\n`)
    }))

  test('a person is asked all the same, on stderr', () =>
    onStage(async ({ embedded, run }) => {
      const { code, stdin, stdout, stderr } = run('vieux/sshfs', '--quiet')
      await stderr.seen(QUESTION)
      stdin.write('y\n')
      assert.is(await code, 0)
      assert.is(stdout.text(), `${embedded.plugins()[0]?.Id}\n`)
    }))

  test('the simulation says that it is one, on stderr', async () => {
    const { code, stdout, stderr } = runCommand({}, {}, [
      'install',
      '-q',
      'acme/plain',
      ...EMBEDDED,
    ])
    assert.is(await code, 0)
    assert.match(stdout.text(), /^[0-9a-f]{64}\n$/)
    assert.match(stderr.text(), /^simulation: .*\n$/)
  })

  test('the lines of a failure', () =>
    onStage(async ({ run }) => {
      const { code, stdout, stderr } = run('acme/dies', '--quiet')
      assert.equal([await code, stdout.text()], [1, ''])
      assert.is(lines(stderr).length, 4)
      assert.is(lines(stderr)[2], 'on the engine: acme/dies:latest was removed again')
      assert.match(lines(stderr)[3] ?? '', /^the engine said: dial unix /)
    }))
})

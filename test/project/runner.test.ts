import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'

const root = join(import.meta.dirname, '../..')
const suites = 'test/fixtures/suites'

async function run(
  path: string,
  env: NodeJS.ProcessEnv = {},
): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/run.ts', path], {
    cwd: root,
    env: {
      ...process.env,
      CI: 'true',
      TEST_SEED: '',
      SUITE_LIMIT_MS: '500',
      LEAK_GRACE_MS: '1000',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  return { code, output: stdout + stderr }
}

suite('runner', (test) => {
  test('a good suite passes, and is counted', async () => {
    const { code, output } = await run(`${suites}/good.ts`)
    assert.match(output, /^1 passed, 0 failed, 0 skipped$/m)
    assert.is(code, 0)
  })

  const broken = readdirSync(join(root, suites)).filter((file) => file !== 'good.ts')
  for (const file of broken) {
    test(`broken :: ${file.replace('.ts', '')} fails`, async () => {
      const { code, output } = await run(`${suites}/${file}`)
      assert.is.not(code, 0, output)
    })
  }

  test('broken :: a folder without tests, and a path that is not there, fail', async () => {
    assert.is.not((await run('docs')).code, 0)
    assert.is.not((await run('test/no-such-folder')).code, 0)
  })

  test('a person’s own configuration :: is not there', async () => {
    const env = { HOME: root, USERPROFILE: root, DOCKER_HOST: 'tcp://x', XDG_STATE_HOME: root }
    const { code, output } = await run('test/fixtures/configured.ts', env)
    assert.is(code, 0, output)
    const [, home = ''] = /^.*home (.*)$/m.exec(output) ?? []
    assert.match(home, 'plugin-flow-home-')
    assert.not.ok(existsSync(home), 'it is removed')
  })

  test('a seed :: suites run in an order of its own, the same each time', async () => {
    const order = async (seed: string) => {
      const { code, output } = await run('test/fixtures/ordered.ts', { TEST_SEED: seed })
      assert.is(code, 0, output)
      return [...output.matchAll(/^.*ran (\w)$/gm)].map(([, name]) => name).join('')
    }
    const [none, one, again, other] = await Promise.all(['', '1', '1', '2'].map(order))
    assert.is(none, 'abcde')
    assert.is(one, again)
    assert.equal([...(one ?? '')].sort().join(''), none)
    assert.is(new Set([none, one, other]).size, 3)
  })
})

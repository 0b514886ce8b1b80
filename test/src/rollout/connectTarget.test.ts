import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { TargetAccess } from '../../../machines/rollout/plan.ts'
import { connectTarget } from '../../../src/rollout/connectTarget.ts'
import { suite } from '../../support/suite.ts'

suite('connectTarget', (test) => {
  const folder = mkdtempSync(join(tmpdir(), 'target-'))
  const env = { DOCKER_CONFIG: folder }
  const text = join(folder, 'text.pem')
  test.before(() => writeFileSync(text, 'no certificate'))
  test.after(() => rmSync(folder, { recursive: true }))

  test('a host', () => {
    const engine = connectTarget({ host: 'unix:///nowhere/docker.sock' }, { env })
    assert.is(engine.host, 'unix:///nowhere/docker.sock')
    engine.close()
  })

  const wrong: [what: string, access: TargetAccess, code: string, words: RegExp][] = [
    ['a context that does not exist', { context: 'far' }, 'invalid-option', /far/],
    [
      'a file of its TLS that does not exist',
      { host: 'tcp://127.0.0.1:2376', tls: { ca: join(folder, 'none.pem') } },
      'invalid-option',
      /there is no file .*none\.pem/,
    ],
    [
      'a file of its TLS that is no certificate',
      { host: 'tcp://127.0.0.1:2376', tls: { ca: text } },
      'invalid-option',
      /ca|certificate/,
    ],
  ]
  for (const [what, access, code, words] of wrong) {
    test(`${what} :: one line`, () => {
      assert.throws(
        () => connectTarget(access, { env }),
        (error: Error & { code?: string }) => {
          assert.is(error.code, code)
          assert.match(error.message, words)
          assert.not.match(error.message, '\n')
          return true
        },
      )
    })
  }
})

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { readDockerConfig } from '../../../adapters/docker/dockerConfig.ts'
import { isAlive } from '../../engine/world/processes.ts'
import { until } from '../../engine/world/until.ts'
import { PLANTED, refusedWith } from '../../support/engineFailure.ts'
import { suite } from '../../support/suite.ts'
import { alice, gives, HAS_NONE, login, onGround, read, readWarned } from './credentialGround.ts'

suite('readDockerConfig :: credential helpers', (test) => {
  const FOUND: [title: string, config: object, registry: string, credentials: unknown][] = [
    ['credsStore', { credsStore: 'a' }, 'r', { username: 'a', password: PLANTED }],
    ['credHelpers', { credHelpers: { r: 'b' } }, 'r', { username: 'b', password: PLANTED }],
    [
      'credHelpers go before credsStore',
      { credsStore: 'a', credHelpers: { r: 'b' } },
      'r',
      { username: 'b', password: PLANTED },
    ],
    [
      'credHelpers of another registry',
      { credsStore: 'a', credHelpers: { s: 'b' } },
      'r',
      { username: 'a', password: PLANTED },
    ],
    [
      'credHelpers whose key has a scheme and a path',
      { credHelpers: { 'https://r:5000/v2/': 'b' } },
      'r:5000',
      { username: 'b', password: PLANTED },
    ],
    [
      'credsStore goes before a key that is not in Docker’s own form',
      { credsStore: 'a', credHelpers: { 'docker.io': 'b' } },
      'docker.io',
      { username: 'a', password: PLANTED },
    ],
    [
      'credHelpers of Docker Hub',
      { credHelpers: { 'https://index.docker.io/v1/': 'b' } },
      'docker.io',
      { username: 'b', password: PLANTED },
    ],
    [
      'an empty name in credHelpers :: the auths',
      { credsStore: 'a', credHelpers: { r: '' }, auths: { r: login } },
      'r',
      alice,
    ],
    ['an empty credsStore :: the auths', { credsStore: '', auths: { r: login } }, 'r', alice],
    [
      'null for both :: the auths',
      { credsStore: null, credHelpers: null, auths: { r: login } },
      'r',
      alice,
    ],
    [
      'a helper that has none :: the auths are not looked at',
      { credsStore: 'none', auths: { r: login } },
      'r',
      undefined,
    ],
    [
      'only other registries have helpers :: the auths',
      { credHelpers: { s: 'b' }, auths: { r: login } },
      'r',
      alice,
    ],
  ]
  for (const [title, config, registry, credentials] of FOUND) {
    test(title, () =>
      onGround(async (ground) => {
        ground.helper('a', gives('a'))
        ground.helper('b', gives('b'))
        ground.helper('none', HAS_NONE)
        ground.config(config)
        assert.equal(await read(ground.env, registry), credentials)
      }),
    )
  }

  for (const name of [
    '/../evil',
    '../evil',
    '..',
    'a/b',
    'a\\b',
    'a b',
    '-a',
    'a\n',
    'a\0',
    'a;b',
    'ä',
    'a'.repeat(65),
  ]) {
    test(`${JSON.stringify(name)} :: is no helper's name, and nothing is run`, () =>
      onGround(async (ground) => {
        ground.helper('evil', 'echo $$ >> $PIDS')
        mkdirSync(join(ground.programs, 'docker-credential-'))
        ground.config({ credsStore: name, credHelpers: { s: name } })
        const file = `the Docker config ${join(ground.directory, 'config.json')}`
        const refused = async (registry: string, where: string) => {
          const { credentials, warnings } = await readWarned(ground.env, registry)
          assert.is(credentials, undefined)
          const why = `cannot be used: ${where} is not the name of a credential helper; it is ignored`
          assert.equal(warnings, [{ code: 'docker-config', message: `${file} ${why}` }])
        }
        await refused('r', 'credsStore')
        await refused('s', 'credHelpers of "s"')
        assert.equal(ground.pids(), [])
      }))
  }

  for (const name of ['desktop.exe', 'ecr-login', 'gcloud', 'my_own+1']) {
    test(`${name} :: is a helper's name`, () =>
      onGround(async (ground) => {
        ground.helper(name, gives('a'))
        ground.config({ credsStore: name })
        assert.equal(await read(ground.env, 'r'), { username: 'a', password: PLANTED })
      }))
  }

  const FAILING: [title: string, script: string | undefined, why: string][] = [
    ['is missing', undefined, 'is not on the PATH'],
    [
      'is not set up',
      "echo 'pass not initialized: exit status 1: Error: password store is empty.'; exit 1",
      'failed with exit status 1: pass not initialized: exit status 1: Error: password store is empty.',
    ],
    [
      'is locked, and says so elsewhere',
      "echo 'gpg: decryption failed: No secret key' >&2; exit 2",
      'failed with exit status 2: gpg: decryption failed: No secret key',
    ],
    ['hangs', 'exec /bin/sleep 60', 'did not end within 0.3 s and was killed'],
    ['writes rubbish', 'echo rubbish', 'wrote something other than credentials'],
  ]
  for (const [title, script, why] of FAILING) {
    test(`${title} :: the auths are used, and a warning says why`, () =>
      onGround(async (ground) => {
        if (script !== undefined) ground.helper('desktop', script)
        for (const auths of [{ r: login }, {}]) {
          ground.config({ credsStore: 'desktop', auths })
          const found = await readWarned(ground.env, 'r', { helperLimitMs: 300 })
          assert.equal(found.credentials, 'r' in auths ? alice : undefined)
          const file = join(ground.directory, 'config.json')
          const message = `the credential helper docker-credential-desktop, asked for r, ${why}; it is ignored: repair it, or remove it from ${file}`
          assert.equal(found.warnings, [{ code: 'credential-helper', message }])
        }
      }))
  }
})

suite('readDockerConfig :: the default helper of the platform', (test) => {
  const DEFAULTS: [platform: NodeJS.Platform, program: string][] = [
    ['linux', 'secretservice'],
    ['darwin', 'osxkeychain'],
    ['win32', 'wincred.exe'],
  ]
  for (const [platform, program] of DEFAULTS) {
    test(`${platform} :: ${program}, where the configuration says nothing`, () =>
      onGround(async (ground) => {
        ground.helper(program, gives('alice'))
        assert.equal(await read(ground.env, 'r', { platform }), alice)
        ground.config({ auths: {}, credHelpers: {}, credsStore: '', psFormat: 'x' })
        assert.equal(await read(ground.env, 'r', { platform }), alice)
        for (const config of [{ auths: { s: login } }, { credHelpers: { s: 'x' } }]) {
          ground.config(config)
          assert.is(await read(ground.env, 'r', { platform }), undefined)
        }
      }))
  }

  test('linux :: pass, where that is there too', () =>
    onGround(async (ground) => {
      ground.helper('secretservice', gives('bob'))
      ground.helper('pass', gives('alice'))
      writeFileSync(join(ground.programs, 'pass'), '', { mode: 0o755 })
      assert.equal(await read(ground.env, 'r', { platform: 'linux' }), alice)
    }))

  test('another platform :: has none', () =>
    onGround(async (ground) => {
      ground.helper('secretservice', gives('bob'))
      assert.is(await read(ground.env, 'r', { platform: 'freebsd' }), undefined)
    }))

  test('one that is broken, and is not configured, is ignored', () =>
    onGround(async (ground) => {
      ground.helper('secretservice', `echo ${PLANTED}; exit 1`)
      assert.is(await read(ground.env, 'r', { platform: 'linux' }), undefined)
    }))

  test('cancelled while it is asked', () =>
    onGround(async (ground) => {
      ground.helper('secretservice', 'echo $$ >> $PIDS\nexec /bin/sleep 60')
      const cancel = new AbortController()
      const asking = refusedWith('cancelled', () =>
        readDockerConfig(ground.env, 'r', cancel.signal, { platform: 'linux' }),
      )
      await until('it runs', () => ground.pids().length === 1)
      cancel.abort()
      await asking
      assert.not.ok(ground.pids().some(isAlive))
    }))
})

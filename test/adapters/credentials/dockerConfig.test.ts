import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { readDockerConfig } from '../../../adapters/credentials/dockerConfig.ts'
import { isAlive } from '../../engine/world/processes.ts'
import { until } from '../../engine/world/until.ts'
import { PLANTED, refusedWith } from '../../support/engineFailure.ts'
import { suite } from '../../support/suite.ts'
import { type Ground, gives, HAS_NONE, onGround } from './helpers.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')
const login = { auth: base64(`alice:${PLANTED}`) }
const alice = { username: 'alice', password: PLANTED }

const read = (env: Ground['env'], registry: string, options = {}) =>
  readDockerConfig(env, registry, new AbortController().signal, options)

/** Runs `use` with a directory that holds this config, and removes it. */
function withConfig<T>(config: unknown, use: (directory: string) => Promise<T>): Promise<T> {
  return onGround((ground) => {
    ground.config(config)
    return use(ground.directory)
  })
}

suite('readDockerConfig', (test) => {
  const FOUND: [title: string, auths: unknown, registry: string, credentials: unknown][] = [
    ['auth', { 'r.example': login }, 'r.example', alice],
    ['the key has a scheme and a path', { 'https://r.example/v1/': login }, 'r.example', alice],
    ['the key has a port', { 'http://127.0.0.1:5055': login }, '127.0.0.1:5055', alice],
    ['Docker Hub', { 'https://index.docker.io/v1/': login }, 'docker.io', alice],
    ['Docker Hub by its host', { 'docker.io': login }, 'docker.io', alice],
    [
      'the exact key wins',
      { 'https://r.example/v1/': { auth: base64('bob:b') }, 'r.example': login },
      'r.example',
      alice,
    ],
    [
      'a colon in the password',
      { r: { auth: base64('a:b:c') } },
      'r',
      { username: 'a', password: 'b:c' },
    ],
    [
      'NULs around the password',
      { r: { auth: base64('a:b\0\0') } },
      'r',
      { username: 'a', password: 'b' },
    ],
    ['username and password', { r: alice }, 'r', alice],
    ['auth wins over username', { r: { ...login, username: 'bob', password: 'b' } }, 'r', alice],
    [
      'an identity token',
      { r: { auth: base64('alice:'), identitytoken: 't' } },
      'r',
      { identitytoken: 't', username: 'alice' },
    ],
    ['an identity token alone', { r: { identitytoken: 't' } }, 'r', { identitytoken: 't' }],
    ['a registry token', { r: { registrytoken: 't' } }, 'r', { registrytoken: 't' }],
    ['another registry', { 'r.example': login }, 's.example', undefined],
    ['another port', { 'r.example:1': login }, 'r.example:2', undefined],
    ['an entry whose credentials a helper keeps', { r: {} }, 'r', undefined],
    ['an entry that is null', { r: null }, 'r', undefined],
    ['an empty auth', { r: { auth: '' } }, 'r', undefined],
    ['no entry', { s: login }, 'r', undefined],
    ['a name of Object.prototype', {}, 'constructor', undefined],
    ['no auths', undefined, 'r', undefined],
    ['auths that are null', null, 'r', undefined],
  ]
  for (const [title, auths, registry, credentials] of FOUND) {
    test(title, async () => {
      await withConfig({ auths }, async (directory) => {
        assert.equal(await read({ DOCKER_CONFIG: directory }, registry), credentials)
      })
    })
  }

  test('no file', async () => {
    assert.is(await read({ DOCKER_CONFIG: '/nonexistent' }, 'r'), undefined)
  })

  test('DOCKER_CONFIG unset or empty :: HOME/.docker', async () => {
    await withConfig({}, async (home) => {
      mkdirSync(join(home, '.docker'))
      writeFileSync(join(home, '.docker', 'config.json'), JSON.stringify({ auths: { r: login } }))
      assert.equal(await read({ HOME: home }, 'r'), alice)
      assert.equal(await read({ HOME: home, DOCKER_CONFIG: '' }, 'r'), alice)
    })
  })

  for (const text of ['', ' \n']) {
    test(`a file of ${JSON.stringify(text)} :: is an empty one`, () =>
      withConfig(text, async (directory) => {
        assert.is(await read({ DOCKER_CONFIG: directory }, 'r'), undefined)
      }))
  }

  test('other settings in the file :: do not matter', async () => {
    const config = {
      auths: { r: login },
      HttpHeaders: { 'User-Agent': 'x' },
    }
    await withConfig(config, async (directory) => {
      assert.equal(await read({ DOCKER_CONFIG: directory }, 'r'), alice)
    })
  })
})

suite('readDockerConfig :: failure', (test) => {
  const BROKEN: [config: unknown, why: string][] = [
    [`{"auths":{"r":{"auth":"${login.auth}"`, 'is no JSON'],
    ['null', 'cannot be used: it is no object'],
    ['[]', 'cannot be used: it is no object'],
    [{ auths: [] }, 'cannot be used: "auths" is no object'],
    [{ credHelpers: 'x' }, 'cannot be used: "credHelpers" is no object'],
    [{ credHelpers: { r: 7 } }, 'cannot be used: "r" is no text'],
    [{ credsStore: { a: PLANTED } }, 'cannot be used: "credsStore" is no text'],
    [{ auths: { r: login.auth } }, 'cannot be used: "r" is no object'],
    [
      { auths: { r: { auth: base64(`alice${PLANTED}`) } } },
      'has no username:password in auth of "r"',
    ],
    [{ auths: { r: { auth: base64(`:${PLANTED}`) } } }, 'has no username:password in auth of "r"'],
    [{ auths: { r: { auth: '%%%' } } }, 'has no username:password in auth of "r"'],
    [{ auths: { r: { username: 'alice' } } }, 'has no usable credentials for "r"'],
    [
      { auths: { r: { username: 'alice', password: [PLANTED] } } },
      'has no usable credentials for "r"',
    ],
  ]
  for (const [config, why] of BROKEN) {
    test(why, async () => {
      await withConfig(config, async (directory) => {
        const error = await refusedWith('invalid-configuration', () =>
          read({ DOCKER_CONFIG: directory }, 'r'),
        )
        assert.is(error.message, `the Docker config ${join(directory, 'config.json')} ${why}`)
      })
    })
  }

  test('a broken entry of another registry :: does not matter', async () => {
    await withConfig({ auths: { s: { auth: '%%%' }, r: login } }, async (directory) => {
      assert.equal(await read({ DOCKER_CONFIG: directory }, 'r'), alice)
    })
  })

  test('a file that cannot be read', async () => {
    await withConfig({}, async (directory) => {
      const file = join(directory, 'config.json')
      rmSync(file)
      mkdirSync(file)
      chmodSync(file, 0o700)
      const error = await refusedWith('invalid-configuration', () =>
        read({ DOCKER_CONFIG: directory }, 'r'),
      )
      assert.is(error.message, `the Docker config ${file} cannot be read (EISDIR)`)
    })
  })

  test('no HOME given :: the home of the user', async () => {
    const { HOME } = process.env
    await withConfig({}, async (home) => {
      mkdirSync(join(home, '.docker'))
      writeFileSync(join(home, '.docker', 'config.json'), 'x')
      process.env.HOME = home
      try {
        const error = await refusedWith('invalid-configuration', () => read({}, 'r'))
        assert.match(error.message, join(home, '.docker', 'config.json'))
      } finally {
        if (HOME === undefined) delete process.env.HOME
        else process.env.HOME = HOME
      }
    })
  })
})

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
      { credsStore: 'a', credHelpers: { 'https://r:5000/v2/': 'b' } },
      'r:5000',
      { username: 'b', password: PLANTED },
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
          const error = await refusedWith('invalid-configuration', () => read(ground.env, registry))
          const why = `cannot be used: ${where} is no name of a credential helper`
          assert.is(error.message, `${file} ${why}`)
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

  test('one that is not there', () =>
    onGround(async (ground) => {
      ground.config({ credsStore: 'desktop', auths: { r: login } })
      const error = await refusedWith('invalid-configuration', () => read(ground.env, 'r'))
      assert.is(
        error.message,
        'the credential helper docker-credential-desktop, asked for r, is not on the PATH',
      )
    }))

  test('one that hangs :: is killed after the limit', () =>
    onGround(async (ground) => {
      ground.helper('a', 'exec /bin/sleep 60')
      ground.config({ credsStore: 'a' })
      const error = await refusedWith('invalid-configuration', () =>
        read(ground.env, 'r', { helperLimitMs: 100 }),
      )
      assert.match(error.message, 'within 0.1 s')
    }))
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

  test('one that is broken, and that nobody has configured, is none', () =>
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

suite('readDockerConfig :: DOCKER_AUTH_CONFIG', (test) => {
  const env = { username: 'env', password: PLANTED }
  const auths = { auths: { r: { auth: base64(`env:${PLANTED}`) } } }
  const BEHIND: [title: string, config: unknown][] = [
    ['auths', { auths: { r: login } }],
    ['a helper, which is not run', { credHelpers: { r: 'a' } }],
    ['a helper that is not there', { credsStore: 'nosuch' }],
    ['a file that cannot be used', '{'],
  ]
  for (const [title, config] of BEHIND) {
    test(`goes before ${title}`, () =>
      onGround(async (ground) => {
        ground.helper('a', 'echo $$ >> $PIDS')
        ground.config(config)
        const given = { ...ground.env, DOCKER_AUTH_CONFIG: JSON.stringify(auths) }
        assert.equal(await read(given, 'r'), env)
        assert.equal(ground.pids(), [])
      }))
  }

  for (const text of ['', ' ', '{}', '{"auths":null}', '{"auths":{"s":{}}}']) {
    test(`${JSON.stringify(text)} :: has nothing for the registry, and the file is read`, () =>
      onGround(async (ground) => {
        ground.config({ auths: { r: login } })
        assert.equal(await read({ ...ground.env, DOCKER_AUTH_CONFIG: text }, 'r'), alice)
      }))
  }

  test('its keys are those of a file', () =>
    onGround(async (ground) => {
      const entry = { auth: base64(`alice:${PLANTED}`) }
      const keys = ['https://index.docker.io/v1/', 'https://r.example:5000/v1/']
      const config = { auths: Object.fromEntries(keys.map((key) => [key, entry])) }
      const given = { ...ground.env, DOCKER_AUTH_CONFIG: JSON.stringify(config) }
      assert.equal(await read(given, 'docker.io'), alice)
      assert.equal(await read(given, 'r.example:5000'), alice)
      assert.is(await read(given, 'r.example'), undefined)
    }))

  const BROKEN: [text: string, why: string][] = [
    ['{', 'is no JSON'],
    ['{}{}', 'is no JSON'],
    ['[]', 'cannot be used: it is no object'],
    [`{"auths":{"r":{}}}`, 'has no credentials for "r"'],
    [`{"auths":{"r":{"auth":"${base64(PLANTED)}"}}}`, 'has no username:password in auth of "r"'],
  ]
  for (const [text, why] of BROKEN) {
    test(`${text.slice(0, 20)} :: ${why}`, () =>
      onGround(async (ground) => {
        ground.config({ auths: { r: login } })
        const error = await refusedWith('invalid-configuration', () =>
          read({ ...ground.env, DOCKER_AUTH_CONFIG: text }, 'r'),
        )
        assert.is(error.message, `the variable DOCKER_AUTH_CONFIG ${why}`)
      }))
  }
})

import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { PLANTED, refusedWith } from '../../support/engineFailure.ts'
import { suite } from '../../support/suite.ts'
import { alice, base64, login, onGround, read } from './credentialGround.ts'

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
    [`{"auths":{"r":{"auth":"${login.auth}"`, 'is not valid JSON'],
    ['null', 'cannot be used: it is not an object'],
    ['[]', 'cannot be used: it is not an object'],
    [{ auths: [] }, 'cannot be used: "auths" is not an object'],
    [{ credHelpers: 'x' }, 'cannot be used: "credHelpers" is not an object'],
    [{ credHelpers: { r: 7 } }, 'cannot be used: "r" is not a string'],
    [{ credsStore: { a: PLANTED } }, 'cannot be used: "credsStore" is not a string'],
    [{ auths: { r: login.auth } }, 'cannot be used: "r" is not an object'],
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

  test('an endless device :: is not read to its end', () =>
    onGround(async ({ directory, env }) => {
      symlinkSync('/dev/zero', join(directory, 'config.json'))
      const error = await refusedWith('invalid-configuration', () => read(env, 'r'))
      assert.match(error.message, 'config.json cannot be read: it has more than 4 MiB')
    }))

  test('a pipe that has no writer :: is empty, and not waited for', () =>
    onGround(async ({ directory, env }) => {
      execFileSync('mkfifo', [join(directory, 'config.json')])
      assert.is(await read(env, 'r'), undefined)
    }))

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

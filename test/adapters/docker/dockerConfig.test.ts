import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { type DockerWarning, unlessUnusable } from '../../../adapters/docker/configFile.ts'
import { PLANTED } from '../../support/engineFailure.ts'
import { suite } from '../../support/suite.ts'
import { alice, base64, login, onGround, read, readWarned } from './credentialGround.ts'

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

suite('readDockerConfig :: what cannot be used is warned of, and passed over', (test) => {
  const BROKEN: [config: unknown, why: string][] = [
    [
      `{"auths":\n{"r":{"auth":"${login.auth}"`,
      `is not valid JSON: it ends too early, at line 2, column ${login.auth.length + 16}`,
    ],
    ['{\n  "auths": {},\n}', 'a comma before the closing bracket at line 3, column 1'],
    ['{"auths":', 'is not valid JSON: it ends too early, at line 1, column 10'],
    [
      '{"auths":{}\u200b}',
      'there is a character that editors do not show (U+200B) at line 1, column 12',
    ],
    [
      '{\u00a0"auths":{}}',
      'there is a character that editors do not show (U+00A0) at line 1, column 2',
    ],
    ['{\ufeff"auths":{}}', 'there is a byte order mark (U+FEFF) at line 1, column 2'],
    ['{\u201cauths\u201d:{}}', 'there is the character U+201C at line 1, column 2'],
    ['{"a":"x\ty"}', 'there is a character that editors do not show (U+0009) at line 1, column 8'],
    ['// mine\n{}', 'is not valid JSON: there is a comment at line 1, column 1'],
    ['{"a":1,\n# mine\n"b":2}', 'there is a comment at line 2, column 1'],
    ['{"a":1\n"b":2}', 'is not valid JSON: a comma or a colon is missing at line 2, column 1'],
    ['{"a":{}\n"b":2}', 'is not valid JSON: a comma or a colon is missing at line 2, column 1'],
    [`{"a":"${PLANTED}","b":tru}`, 'is not valid JSON: look at line 1, column 37'],
    ["{'auths':{}}", 'is not valid JSON: there is \' in place of " at line 1, column 2'],
    ['\0\0\0', 'there is a character that editors do not show (U+0000) at line 1, column 1'],
    ['null', 'cannot be used: it is not an object'],
    ['[]', 'cannot be used: it is not an object'],
    [{ auths: [] }, 'cannot be used: "auths" is not an object'],
    [{ credHelpers: 'x' }, 'cannot be used: "credHelpers" is not an object'],
    [{ credHelpers: { r: 7 } }, 'cannot be used: "r" is not a string'],
    [{ credsStore: { a: PLANTED } }, 'cannot be used: "credsStore" is not a string'],
    [{ auths: { r: login.auth } }, 'cannot be used: "r" is not an object'],
    [{ auths: { r: { auth: 7 } } }, 'has an auth of "r" that is not a string'],
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
    test(`${JSON.stringify(config).replaceAll(PLANTED, '…')} :: ${why}`, () =>
      withConfig(config, async (directory) => {
        const { credentials, warnings } = await readWarned({ DOCKER_CONFIG: directory }, 'r')
        assert.is(credentials, undefined)
        const [warning, ...others] = warnings
        assert.is(warning?.code, 'docker-config')
        assert.match(warning?.message ?? '', `the Docker config ${join(directory, 'config.json')} `)
        assert.match(warning?.message ?? '', `${why}; it is ignored`)
        assert.equal(others, [])
      }))
  }

  const USED: [title: string, config: unknown, code?: string][] = [
    ['another part that cannot be used', { credsStore: 7, auths: { r: login } }, 'docker-config'],
    [
      'a name that is not that of a helper',
      { credsStore: '../x', auths: { r: login } },
      'docker-config',
    ],
    ['a second document', `${JSON.stringify({ auths: { r: login } })}\n{"x":1}`, 'docker-config'],
    ['a broken entry of another registry', { auths: { s: { auth: '%%%' }, r: login } }],
    ['names in another case', { AUTHS: { r: { Auth: login.auth } } }],
    ['a byte order mark', `\ufeff${JSON.stringify({ auths: { r: login } })}`],
  ]
  for (const [title, config, code] of USED) {
    test(`${title} :: the credentials are used`, () =>
      withConfig(config, async (directory) => {
        const { credentials, warnings } = await readWarned({ DOCKER_CONFIG: directory }, 'r')
        assert.equal(credentials, alice)
        assert.equal(
          warnings.map((warning) => warning.code),
          code ? [code] : [],
        )
      }))
  }

  for (const [encoding, mark] of [
    ['utf16le', [0xff, 0xfe]],
    ['utf16be', [0xfe, 0xff]],
  ] as const) {
    test(`${encoding} :: the credentials are used`, () =>
      onGround(async ({ directory, env }) => {
        const text = Buffer.from(JSON.stringify({ auths: { r: login } }), 'utf16le')
        if (encoding === 'utf16be') text.swap16()
        writeFileSync(join(directory, 'config.json'), Buffer.concat([Buffer.from(mark), text]))
        assert.equal(await read(env, 'r'), alice)
      }))
  }

  const UNREADABLE: [title: string, make: (file: string) => void, why: string][] = [
    [
      'a folder',
      (file) => mkdirSync(file),
      '(EISDIR): it is a folder, as a bind mount of a missing file makes one',
    ],
    ['a link to itself', (file) => symlinkSync(file, file), '(ELOOP): it is a symbolic link'],
    ['memory that is not there', (file) => symlinkSync('/proc/self/mem', file), '(EIO)'],
    [
      'a link to a file that is not there',
      (file) => symlinkSync('/nonexistent/config.json', file),
      'it is a symbolic link to a file that does not exist',
    ],
    [
      'a pipe that has no writer',
      (file) => execFileSync('mkfifo', [file]),
      'it is a pipe that nothing writes to',
    ],
    ['an endless device', (file) => symlinkSync('/dev/zero', file), 'it has more than 4 MiB'],
  ]
  for (const [title, make, why] of UNREADABLE) {
    test(title, () =>
      onGround(async ({ directory, env }) => {
        const file = join(directory, 'config.json')
        make(file)
        const { credentials, warnings } = await readWarned(env, 'r')
        assert.is(credentials, undefined)
        assert.is(warnings.length, 1)
        const { message } = warnings[0] as DockerWarning
        assert.match(message, `the Docker config ${file} cannot be read`)
        assert.match(message, why)
      }),
    )
  }

  test('a fault of this program :: is not taken for one of the configuration', () => {
    const fault = new TypeError('a fault')
    const read = () => {
      throw fault
    }
    assert.throws(
      () => unlessUnusable(() => assert.unreachable(), undefined, read),
      (error: unknown) => error === fault,
    )
  })

  test('DOCKER_CONFIG names the file', () =>
    onGround(async ({ directory, config, env }) => {
      config({ auths: { r: login } })
      const file = join(directory, 'config.json')
      const { credentials, warnings } = await readWarned({ ...env, DOCKER_CONFIG: file }, 'r')
      assert.is(credentials, undefined)
      assert.match(warnings[0]?.message ?? '', `has to name its folder, and ${file} is a file`)
    }))

  test('no HOME given :: the home of the user', async () => {
    const { HOME } = process.env
    await withConfig({}, async (home) => {
      mkdirSync(join(home, '.docker'))
      writeFileSync(join(home, '.docker', 'config.json'), 'x')
      process.env.HOME = home
      try {
        const { warnings } = await readWarned({}, 'r')
        assert.match(warnings[0]?.message ?? '', join(home, '.docker', 'config.json'))
      } finally {
        if (HOME === undefined) delete process.env.HOME
        else process.env.HOME = HOME
      }
    })
  })
})

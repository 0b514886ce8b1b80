import { writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { configFolder, type DockerWarning, type Warn } from '../../../adapters/docker/configFile.ts'
import { type EngineNaming, selectEngine } from '../../../adapters/docker/selectEngine.ts'
import { withDockerFolder } from '../../support/dockerFolder.ts'
import { refusedWith } from '../../support/engineFailure.ts'
import { suite } from '../../support/suite.ts'

/** Everything that can decide, from the strongest to the weakest. */
const deciders: [by: string, naming: EngineNaming, env: Record<string, string>, config: object][] =
  [
    ['host', { host: 'tcp://flag' }, {}, {}],
    ['context', { context: 'named' }, {}, {}],
    ['DOCKER_HOST', {}, { DOCKER_HOST: 'tcp://variable' }, {}],
    ['DOCKER_CONTEXT', {}, { DOCKER_CONTEXT: 'variable' }, {}],
    ['currentContext', {}, {}, { currentContext: 'chosen' }],
  ]
const results: Record<string, [context: string, host: string]> = {
  host: ['default', 'tcp://flag'],
  context: ['named', 'tcp://named'],
  DOCKER_HOST: ['default', 'tcp://variable'],
  DOCKER_CONTEXT: ['variable', 'tcp://of-variable'],
  currentContext: ['chosen', 'tcp://chosen'],
  default: ['default', 'unix:///var/run/docker.sock'],
}

function unexpected({ message }: DockerWarning): never {
  throw new Error(message)
}

/** Selects with a store of contexts; `tls` of it is in the folder of the configuration. */
function select(
  naming: EngineNaming = {},
  env: Record<string, string> = {},
  config: unknown = {},
  platform: NodeJS.Platform = 'linux',
  warn: Warn = unexpected,
) {
  return withDockerFolder(async (folder) => {
    folder.config(config)
    folder.context('named', { Host: 'tcp://named' })
    folder.context('variable', { Host: 'tcp://of-variable' })
    folder.context('chosen', { Host: 'tcp://chosen' })
    folder.context('safe', { Host: 'tcp://safe' }, { ca: 'CA' })
    folder.context('socket', { Host: 'unix:///s', SkipTLSVerify: true })
    folder.context('bare', {})
    writeFileSync(join(folder.path, 'ca.pem'), 'CA')
    return selectEngine(naming, { ...folder.env, ...env }, warn, platform)
  })
}

/** As docker/cli's `opts.ParseHost` reads them; a relative path is made absolute. */
const READ_AS: [text: string, host: string][] = [
  [' unix:///s/docker.sock \n', 'unix:///s/docker.sock'],
  ['127.0.0.1:2375', 'tcp://127.0.0.1:2375'],
  ['engine', 'tcp://engine'],
  [' engine:1/prefix', 'tcp://engine:1/prefix'],
  ['[::1]:2375', 'tcp://[::1]:2375'],
  [':2376', 'tcp://localhost:2376'],
  ['tcp://', 'tcp://localhost'],
  ['tcp://::1:2375', 'tcp://::1:2375'],
  ['tcp://:1', 'tcp://localhost:1'],
  ['tcp://engine:', 'tcp://engine'],
  ['/run/docker.sock', 'unix:///run/docker.sock'],
  ['./docker.sock', `unix://${resolve('docker.sock')}`],
  ['unix://docker.sock', `unix://${resolve('docker.sock')}`],
  ['unix://', 'unix:///var/run/docker.sock'],
  ['npipe://', 'npipe:////./pipe/docker_engine'],
  ['ssh://me@engine', 'ssh://me@engine'],
  ['https://panel/x:', 'https://panel/x:'],
]

suite('selectEngine :: a host without all of its parts', (test) => {
  for (const [text, host] of READ_AS) {
    test(JSON.stringify(text), async () => {
      assert.is((await select({ host: text })).host, host)
      assert.is((await select({}, { DOCKER_HOST: text })).host, host)
    })
  }

  test('an empty one is the default, and not what a variable or a context says', async () => {
    const env = { DOCKER_HOST: 'tcp://variable', DOCKER_CONTEXT: 'variable' }
    const { host, by } = await select({ host: ' ' }, env)
    assert.equal([host, by], ['unix:///var/run/docker.sock', 'host'])
  })

  test('one that is TCP without saying so has the TLS of the variables', async () => {
    const { tls } = await select({}, { DOCKER_HOST: 'engine:2376', DOCKER_TLS_VERIFY: '1' })
    assert.is(tls?.verify, true)
  })
})

suite('selectEngine :: what decides', (test) => {
  for (const [index, [by]] of deciders.entries()) {
    // A host and a context that are both named are refused.
    const weaker = deciders.slice(index).filter(([other]) => by !== 'host' || other !== 'context')
    test(`${by} :: over all that is weaker`, async () => {
      const naming = Object.assign({}, ...weaker.map(([, each]) => each))
      const env = Object.assign({}, ...weaker.map(([, , each]) => each))
      const config = Object.assign({}, ...weaker.map(([, , , each]) => each))
      const selected = await select(naming, env, config)
      assert.is(selected.by, by)
      assert.equal([selected.context, selected.host], results[by])
    })
  }

  test('nothing', async () => {
    assert.equal(await select(), {
      context: 'default',
      by: 'default',
      host: 'unix:///var/run/docker.sock',
      headers: {},
    })
    assert.is((await select({}, {}, '', 'win32')).host, 'npipe:////./pipe/docker_engine')
  })

  test('empty variables are ignored', async () => {
    const env = { DOCKER_HOST: '', DOCKER_CONTEXT: '' }
    assert.is((await select({}, env, { currentContext: '' })).by, 'default')
  })

  test('the context "default" is what the variables say', async () => {
    const env = { DOCKER_HOST: 'tcp://variable' }
    const selected = await select({ context: 'default' }, env, { currentContext: 'chosen' })
    assert.equal([selected.host, selected.by], ['tcp://variable', 'context'])
    assert.is((await select({}, { DOCKER_CONTEXT: 'default' })).host, results.default?.[1])
  })

  test('a context without a host is the default one', async () => {
    assert.is((await select({ context: 'bare' })).host, results.default?.[1])
    assert.is(
      (await select({ context: 'bare' }, {}, {}, 'win32')).host,
      'npipe:////./pipe/docker_engine',
    )
  })

  test('a host and a context', async () => {
    const error = await refusedWith('invalid-option', () =>
      select({ host: 'tcp://a', context: 'named' }),
    )
    assert.is(error.message, 'a host and a context name two different engines')
  })

  test('the platform is that of the process', () =>
    withDockerFolder(({ env }) => {
      assert.is(selectEngine({}, env, unexpected).host, results.default?.[1])
    }))
})

suite('selectEngine :: a context that is not there', (test) => {
  const cases = [
    [{ context: 'gone' }, {}, {}, 'invalid-option', /^there is no Docker context "gone"; "docker/],
    [
      {},
      { DOCKER_CONTEXT: 'gone' },
      {},
      'invalid-option',
      /^there is no Docker context "gone", which DOCKER_CONTEXT names; "docker context ls" lists/,
    ],
    [
      {},
      {},
      { currentContext: 'gone' },
      'invalid-configuration',
      /^the Docker config .*config\.json has a currentContext that does not exist: no Docker context "gone"/,
    ],
  ] as const
  for (const [naming, env, config, code, words] of cases) {
    test(String(words), async () => {
      assert.match((await refusedWith(code, () => select(naming, env, config))).message, words)
    })
  }
})

suite('selectEngine :: TLS', (test) => {
  const tls = { verify: false }
  const DOCKER_TLS_VERIFY = '1'

  test('given TLS goes with the host, whatever the variables say', async () => {
    assert.equal((await select({ host: 'tcp://a', tls }, { DOCKER_TLS_VERIFY })).tls, tls)
    const env = { DOCKER_TLS_VERIFY, DOCKER_HOST: 'unix:///a' }
    const selected = await select({ tls }, env)
    assert.equal([selected.host, selected.tls], ['unix:///a', tls])
  })

  for (const host of ['tcp://a', 'https://a', 'http://a']) {
    test(`the variables :: ${host}`, async () => {
      const wanted = { verify: true, ca: 'CA' }
      assert.equal((await select({ host }, { DOCKER_TLS_VERIFY })).tls, wanted)
      assert.equal((await select({}, { DOCKER_HOST: host, DOCKER_TLS_VERIFY })).tls, wanted)
    })
  }

  for (const host of ['unix:///a', 'ssh://a', 'npipe:////./pipe/a']) {
    test(`the variables :: mean nothing to ${host}`, async () => {
      const selected = await select({ host }, { DOCKER_TLS_VERIFY, DOCKER_CERT_PATH: '/nosuch' })
      assert.is(selected.tls, undefined)
    })
  }

  test('asked for without a host :: where Docker looks then', async () => {
    assert.is((await select({ tls })).host, 'tcp://localhost:2376')
    const selected = await select({}, { DOCKER_TLS_VERIFY })
    assert.equal([selected.host, selected.tls?.verify], ['tcp://localhost:2376', true])
  })

  test('a context has its own, whatever the variables say', async () => {
    const env = { DOCKER_TLS_VERIFY, DOCKER_CERT_PATH: '/nosuch' }
    assert.equal((await select({ context: 'safe' }, env)).tls, { ca: 'CA', verify: true })
    assert.is((await select({ context: 'named' }, env)).tls, undefined)
    assert.is((await select({ context: 'socket' }, env)).tls, undefined)
  })

  test('a context, and other TLS', async () => {
    const error = await refusedWith('invalid-option', () => select({ context: 'named', tls }))
    assert.match(error.message, 'the Docker context "named" has its own TLS settings')
  })
})

suite('selectEngine :: the configuration', (test) => {
  test('its headers go along', async () => {
    const config = { HttpHeaders: { 'X-Meta': 'v' } }
    assert.equal((await select({ host: 'tcp://a' }, {}, config)).headers, { 'X-Meta': 'v' })
  })

  const unusable: [config: string, headers: object][] = [
    ['{', {}],
    ['[]', {}],
    ['{"currentContext": 7, "HttpHeaders": {"X-Meta": "v"}}', { 'X-Meta': 'v' }],
    ['{"HttpHeaders": 7}', {}],
  ]
  for (const [config, headers] of unusable) {
    test(`${config} :: the default, with a warning that names the file`, async () => {
      const warnings: DockerWarning[] = []
      const warn = (warning: DockerWarning) => warnings.push(warning)
      const selected = await select({}, {}, config, 'linux', warn)
      assert.equal([selected.by, selected.headers], ['default', headers])
      assert.is(warnings.length, 1)
      assert.match(
        warnings[0]?.message ?? '',
        /^the Docker config \/.*\/config\.json .*; it is ignored$/,
      )
    })
  }

  test('a part that nothing depends on :: no warning', async () => {
    const selected = await select({}, { DOCKER_HOST: 'tcp://a' }, '{"currentContext": 7}')
    assert.is(selected.host, 'tcp://a')
  })

  test('DOCKER_HOST :: blanks around it do not count', async () => {
    assert.is((await select({}, { DOCKER_HOST: ' unix:///a.sock \n' })).host, 'unix:///a.sock')
    assert.is((await select({}, { DOCKER_HOST: ' ' })).by, 'default')
  })

  test('is where Docker has it', () => {
    assert.is(configFolder({ DOCKER_CONFIG: '/a', HOME: '/b' }), '/a')
    assert.is(configFolder({ DOCKER_CONFIG: '', HOME: '/b' }), '/b/.docker')
    assert.is(configFolder({}), join(homedir(), '.docker'))
  })
})

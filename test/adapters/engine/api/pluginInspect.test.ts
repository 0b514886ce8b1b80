import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { readPlugin } from '../../../../adapters/engine/api/readPlugin.ts'
import { WrongShape } from '../../../../adapters/engine/api/shape.ts'
import { computePrivileges } from '../../../../machines/privileges.ts'
import { refusedWith } from '../../../support/engineFailure.ts'
import { answerJSON } from '../../../support/engineServer.ts'
import { readRecording, recordedBody } from '../../../support/recordingServer.ts'
import { suite } from '../../../support/suite.ts'
import { callOn, withEngine } from '../engineFixture.ts'

const name = '127.0.0.1:5055/acme/all:1.0'
const recorded = () => JSON.parse(recordedBody(readRecording('inspect.all')).toString('utf8'))
/** The least that an engine can answer. */
const bare = { Id: 'e3d9'.repeat(16), Name: 'probe:latest', Enabled: false, Config: {} }

suite('pluginInspect :: request', (test) => {
  test('GET with the name in the path', async () => {
    await withEngine(
      (_, response) => answerJSON(response, 200, recorded()),
      async (connection, { requests }) => {
        assert.equal(await callOn(connection, 'pluginInspect', { name }), recorded())
        const [request] = requests
        assert.is(request?.method, 'GET')
        assert.is(request?.url, '/plugins/127.0.0.1:5055/acme/all:1.0/json')
        assert.is(request?.body, '')
        assert.is(request?.headers['content-type'], undefined)
        assert.is(request?.headers['x-registry-auth'], undefined)
      },
    )
  })
})

suite('pluginInspect :: answer', (test) => {
  test('no such plugin :: undefined', async () => {
    await withEngine(
      (_, response) => answerJSON(response, 404, { message: `plugin "${name}" not found` }),
      async (connection) => {
        assert.is(await callOn(connection, 'pluginInspect', { name }), undefined)
      },
    )
  })

  test('a field that Go leaves out :: is filled in with what it means', () => {
    const nothing = { Name: '', Description: '', Settable: null }
    assert.equal(readPlugin(bare), {
      ...bare,
      PluginReference: '',
      Config: {
        Args: { ...nothing, Value: null },
        Env: null,
        Mounts: null,
        Linux: { AllowAllDevices: false, Capabilities: null, Devices: null },
        Network: { Type: '' },
        IpcHost: false,
        PidHost: false,
        Interface: { Socket: '', Types: null },
        Description: '',
      },
      Settings: { Args: null, Devices: null, Env: null, Mounts: null },
    })
  })

  test('null everywhere :: the same', () => {
    const Config = {
      Args: null,
      Env: null,
      Mounts: null,
      Linux: null,
      Network: null,
      IpcHost: null,
      PidHost: null,
      Interface: null,
      Description: null,
    }
    assert.equal(
      readPlugin({ ...bare, Config, Settings: null, PluginReference: null }),
      readPlugin(bare),
    )
  })

  test('items without their fields', () => {
    const Config = { Env: [{}], Mounts: [{}], Linux: { Devices: [{}] } }
    const { Config: config } = readPlugin({ ...bare, Config })
    const nothing = { Name: '', Description: '', Settable: null }
    assert.equal(config.Env, [{ ...nothing, Value: null }])
    assert.equal(config.Linux.Devices, [{ ...nothing, Path: null }])
    assert.equal(config.Mounts, [
      { ...nothing, Source: null, Destination: '', Type: '', Options: null },
    ])
  })

  test('interface types as the documentation of the API shows them', () => {
    const parts = { Prefix: 'docker', Capability: 'volumedriver', Version: '1.0' }
    const Config = { Interface: { Socket: 'a.sock', Types: ['docker.logdriver/1.0', parts] } }
    assert.equal(readPlugin({ ...bare, Config }).Config.Interface.Types, [
      'docker.logdriver/1.0',
      'docker.volumedriver/1.0',
    ])
  })

  test('unknown fields :: are kept in the config', () => {
    const Config = { Entrypoint: ['/probe'], Linux: { More: 1 } }
    const { Config: config } = readPlugin({ ...bare, Config })
    assert.equal(config.Entrypoint, ['/probe'])
  })
})

suite('pluginInspect :: failure', (test) => {
  const LIES: [answer: unknown, field: string][] = [
    [null, 'the answer is not an object'],
    [[], 'the answer is not an object'],
    [{}, 'Enabled is not true or false'],
    [{ ...bare, Enabled: 'true' }, 'Enabled is not true or false'],
    [{ ...bare, Id: '' }, 'Id is not a full id'],
    [{ ...bare, Id: undefined }, 'Id is not a full id'],
    [{ ...bare, Id: 'e3d9' }, 'Id is not a full id'],
    [{ ...bare, Id: `\ufffd${bare.Id.slice(1)}` }, 'Id is not a full id'],
    [{ ...bare, Id: `${bare.Id}0` }, 'Id is not a full id'],
    [{ ...bare, Name: 7 }, 'Name is not a name'],
    [{ ...bare, Name: 'a'.repeat(4_097) }, 'Name is not a name of at most 4096 characters'],
    [{ ...bare, Config: undefined }, 'Config is not an object'],
    [{ ...bare, Config: 'x' }, 'Config is not an object'],
    [{ ...bare, PluginReference: {} }, 'PluginReference is not a string'],
    [
      { ...bare, PluginReference: 'a/'.repeat(100_000) },
      'PluginReference is not a name of at most 4096 characters',
    ],
    [{ ...bare, Settings: [] }, 'Settings is not an object'],
    [{ ...bare, Settings: { Env: [7] } }, 'Settings.Env[0] is not a string'],
    [
      { ...bare, Settings: { Env: Array(1_001).fill('') } },
      'Settings.Env is not a list of at most 1000',
    ],
    [{ ...bare, Settings: { Mounts: 'x' } }, 'Settings.Mounts is not a list'],
    [{ ...bare, Config: { Linux: 'x' } }, 'Config.Linux is not an object'],
    [
      { ...bare, Config: { Linux: { AllowAllDevices: 1 } } },
      'Config.Linux.AllowAllDevices is not true or false',
    ],
    [
      { ...bare, Config: { Linux: { Capabilities: {} } } },
      'Config.Linux.Capabilities is not a list',
    ],
    [
      { ...bare, Config: { Linux: { Devices: [{ Path: 1 }] } } },
      'Config.Linux.Devices[0].Path is not a string',
    ],
    [{ ...bare, Config: { Env: [{}, { Name: [] }] } }, 'Config.Env[1].Name is not a string'],
    [{ ...bare, Config: { Mounts: [null] } }, 'Config.Mounts[0] is not an object'],
    [{ ...bare, Config: { Network: { Type: true } } }, 'Config.Network.Type is not a string'],
    [
      { ...bare, Config: { Interface: { Types: [7] } } },
      'Config.Interface.Types[0] is not an object',
    ],
  ]
  for (const [answer, field] of LIES) {
    test(`200 ${field}`, async () => {
      await withEngine(
        (_, response) => answerJSON(response, 200, answer),
        async (connection) => {
          const error = await refusedWith('engine-protocol', () =>
            callOn(connection, 'pluginInspect', { name }),
          )
          assert.ok(
            error.message.endsWith(
              `it answered pluginInspect with JSON that is not as documented: ${field}`,
            ),
            error.message,
          )
        },
      )
    })
  }

  test('a name that is no UTF-8 :: is not mended', async () => {
    const text = JSON.stringify({ ...bare, Name: 'NAME' }).replace('NAME', 'pro\xffbe:1.0')
    await withEngine(
      (_, response) => response.end(Buffer.from(text, 'latin1')),
      async (connection) => {
        const error = await refusedWith('engine-protocol', () =>
          callOn(connection, 'pluginInspect', { name }),
        )
        assert.match(error.message, 'it answered pluginInspect with something that is no UTF-8')
      },
    )
  })

  test('another plugin than the one asked for by its id', async () => {
    await withEngine(
      (_, response) => answerJSON(response, 200, bare),
      async (connection) => {
        const found = await callOn(connection, 'pluginInspect', { name: bare.Id })
        assert.is(found?.Id, bare.Id)
        const other = 'f'.repeat(64)
        const error = await refusedWith('engine-protocol', () =>
          callOn(connection, 'pluginInspect', { name: other }),
        )
        assert.match(error.message, 'Id is not the one asked for')
      },
    )
  })

  test('any JSON :: is a plugin or of a wrong shape', () => {
    const some = fc.oneof(
      fc.json().map((text) => JSON.parse(text) as unknown),
      fc.constant(null),
    )
    const tree = fc.record(
      {
        Id: some,
        Name: some,
        Enabled: fc.oneof(fc.boolean(), some),
        Config: fc.record(
          {
            Env: some,
            Mounts: fc.oneof(fc.array(some), some),
            Linux: fc.record({ Devices: fc.array(some) }),
            Network: some,
          },
          { requiredKeys: [] },
        ),
        Settings: some,
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.oneof(some, tree), (answer) => {
        try {
          computePrivileges(readPlugin(answer).Config)
        } catch (error) {
          if (!(error instanceof WrongShape)) throw error
        }
      }),
      { numRuns: 300 },
    )
  })

  for (const [status, message, code] of [
    [400, 'multiple plugins found for "f"', 'engine-failed'],
    [404, 'page not found', 'engine-unsupported'],
    [404, 'no such image', 'engine-failed'],
    [500, 'Path /v1.41/plugins/x/json is not supported', 'engine-unsupported'],
    [500, 'plugins are not supported on this platform', 'engine-unsupported'],
  ] as const) {
    test(`${status} ${message} :: ${code}`, async () => {
      await withEngine(
        (_, response) => answerJSON(response, status, { message }),
        async (connection) => {
          await refusedWith(code, () => callOn(connection, 'pluginInspect', { name }))
        },
      )
    })
  }
})

import * as assert from 'uvu/assert'
import { computePrivileges } from '../../../machines/privileges.ts'
import { definePlugin, type EmbeddedEngine, type EmbeddedPlugin } from '../../../src/embedded.ts'
import { suite } from '../../support/suite.ts'
import { type Answer, call } from './call.ts'
import {
  get,
  lines,
  message,
  post,
  pull,
  remove,
  statuses,
  streamError,
  whenAsked,
  withEngine,
} from './engines.ts'

const NAME = 'registry.test/volume:1.0'
const PATH = `/plugins/${NAME}`
const one = definePlugin({
  config: {
    Description: 'one',
    Args: { Name: 'args', Settable: ['value'], Value: ['--one'] },
    Env: [{ Name: 'DEBUG', Settable: ['value'], Value: '0' }],
    Mounts: [{ Name: 'state', Settable: ['source'], Source: '/tmp' }],
    Linux: { Devices: [{ Name: 'fuse', Settable: ['path'], Path: '/dev/fuse' }] },
  },
})
const two = definePlugin({
  config: {
    Description: 'two',
    Args: { Name: 'args', Settable: ['value'], Value: ['--two'] },
    Env: [{ Name: 'LEVEL', Settable: ['value'], Value: 'info' }],
    Mounts: [
      { Name: 'state', Settable: ['source'], Source: '/srv' },
      { Name: 'more', Settable: ['source'], Source: '/opt' },
    ],
    Linux: {
      Devices: [
        { Name: 'fuse', Settable: ['path'], Path: '/dev/null' },
        { Name: 'kmsg', Settable: ['path'], Path: '/dev/kmsg' },
      ],
    },
  },
  layers: [20_000_000],
})
const volumes = (tags: Record<string, EmbeddedPlugin>) => ({
  'registry.test': { repositories: { volume: tags } },
})
const registries = volumes({ '1.0': one, '2.0': two })
const SETTINGS = ['DEBUG=1', 'state.source=/data', 'fuse.path=/dev/zero', 'args=--given']

const enable = (engine: EmbeddedEngine) => post(engine, `${PATH}/enable?timeout=0`)
const set = (engine: EmbeddedEngine, ...pairs: string[]) => post(engine, `${PATH}/set`, pairs)
const upgrade = (engine: EmbeddedEngine, plugin: EmbeddedPlugin, tag = '2.0') => {
  const path = `${PATH}/upgrade?remote=registry.test/volume:${tag}`
  return post(engine, path, computePrivileges(plugin.config))
}

/** An upgrade to 2.0 over a link that is too slow for it to end, until `act` has been done. */
async function upgradeWhile(engine: EmbeddedEngine, act: () => Promise<unknown>): Promise<Answer> {
  engine.changeRegistry('registry.test', { bytesPerSecond: 1 })
  let acted: Promise<unknown> | undefined
  const answer = await call(engine.host, {
    method: 'POST',
    path: `${PATH}/upgrade?remote=registry.test/volume:2.0`,
    body: JSON.stringify(computePrivileges(two.config)),
    onData(body) {
      if (!body.includes('"Downloading"')) return false
      acted ??= act().then(() => engine.changeRegistry('registry.test', { bytesPerSecond: 1e9 }))
      return false
    },
  })
  await acted
  return answer
}

/** The values that the process of the plugin was given. */
function inEffect(engine: EmbeddedEngine) {
  const { Args, Env, Mounts, Devices, digest } = engine.process(NAME) ?? {}
  return {
    Args,
    Env,
    mounts: Mounts?.map(({ Name, Source }) => `${Name} ${Source}`),
    devices: Devices?.map(({ Name, Path }) => `${Name} ${Path}`),
    version: { [one.digest]: 1, [two.digest]: 2 }[digest ?? ''],
  }
}

const given = {
  Args: ['--given'],
  Env: ['DEBUG=1'],
  mounts: ['state /data'],
  devices: ['fuse /dev/zero'],
  version: 1,
}

/** An engine with 1.0 installed, and every setting of it set. */
function withVolume(
  use: (engine: EmbeddedEngine) => Promise<void>,
  options: Partial<Parameters<typeof withEngine>[0]> = {},
): Promise<void> {
  return withEngine({ registries, ...options }, async (engine) => {
    await pull(engine, NAME, one)
    assert.is((await set(engine, ...SETTINGS)).status, 204)
    await use(engine)
  })
}

suite('embedded upgrade :: in effect', (test) => {
  test('before :: what was set', () =>
    withVolume(async (engine) => {
      await enable(engine)
      assert.equal(inEffect(engine), given)
    }))

  test('after :: settings and devices of the old version, mounts of the new one', () =>
    withVolume(async (engine) => {
      assert.is(streamError(await upgrade(engine, two)), undefined)
      await enable(engine)
      assert.equal(inEffect(engine), {
        ...given,
        mounts: ['state /srv', 'more /opt'],
        version: 2,
      })
      const [plugin] = engine.plugins()
      assert.is(plugin?.PluginReference, 'registry.test/volume:2.0')
      assert.is(plugin?.Settings.Mounts?.[0]?.Source, '/data', 'what inspect still shows')
    }))

  test('set again after it :: takes mounts and new variables, and no device', () =>
    withVolume(async (engine) => {
      await upgrade(engine, two)
      const pairs = ['state.source=/data', 'LEVEL=debug', 'kmsg.path=/dev/null', 'fuse.path=/dev/x']
      assert.is((await set(engine, ...pairs)).status, 204)
      assert.match(message(await set(engine, 'DEBUG=0')), /"DEBUG" not found/)
      await enable(engine)
      assert.equal(inEffect(engine), {
        ...given,
        Env: ['DEBUG=1', 'LEVEL=debug'],
        mounts: ['state /data', 'more /opt'],
        version: 2,
      })
    }))

  test('back again, to the same reference as well :: without what was set of a mount', () =>
    withVolume(async (engine) => {
      await upgrade(engine, two)
      await upgrade(engine, one, '1.0')
      await enable(engine)
      assert.equal(inEffect(engine), { ...given, mounts: ['state /tmp'] })
    }))

  test('no process :: before an enable, after one that failed, and after a disable', async () => {
    const dies = definePlugin({ behaviour: 'dies' })
    await withVolume(
      async (engine) => {
        assert.is(engine.process(NAME), undefined)
        await enable(engine)
        await post(engine, `${PATH}/disable`)
        assert.is(engine.process(NAME), undefined)
        await upgrade(engine, dies, '3.0')
        assert.is((await enable(engine)).status, 500)
        assert.is(engine.process(NAME), undefined)
        assert.throws(() => engine.process('nosuch'), /plugin "nosuch" not found/)
      },
      { registries: volumes({ '1.0': one, '3.0': dies }) },
    )
  })
})

suite('embedded upgrade :: what others do meanwhile', (test) => {
  test('an enable :: the old process runs on, without its mounts, under the new config', () =>
    withVolume(async (engine) => {
      const answer = await upgradeWhile(engine, () => enable(engine))
      assert.is(streamError(answer), undefined)
      assert.equal(inEffect(engine), { ...given, mounts: [] })
      const [plugin] = engine.plugins()
      assert.equal([plugin?.Enabled, plugin?.Config.Description], [true, 'two'])
      await post(engine, `${PATH}/disable`)
      await enable(engine)
      assert.is(inEffect(engine).version, 2)
    }))

  test('a set :: stays of a variable, and not of a mount', () =>
    withVolume(async (engine) => {
      await upgradeWhile(engine, () => set(engine, 'DEBUG=7', 'state.source=/other'))
      await enable(engine)
      const { Env, mounts } = inEffect(engine)
      assert.equal([Env, mounts], [['DEBUG=7'], ['state /srv', 'more /opt']])
    }))

  test('another upgrade :: the one that ends last wins', () =>
    withVolume(async (engine) => {
      await upgradeWhile(engine, () => upgrade(engine, one, '1.0'))
      assert.is(engine.plugins()[0]?.PluginReference, 'registry.test/volume:2.0')
    }))

  test('a removal', () =>
    withVolume(async (engine) => {
      const answer = await upgradeWhile(engine, () => remove(engine, PATH))
      assert.match(String(streamError(answer)), /rootfs-old: no such file or directory$/)
      assert.equal(engine.plugins(), [])
    }))

  test('a client that goes :: leaves the plugin as it was, and the next upgrade goes on', () =>
    withVolume(async (engine) => {
      engine.changeRegistry('registry.test', { bytesPerSecond: 1e7 })
      const before = engine.plugins()
      const cut = await call(engine.host, {
        method: 'POST',
        path: `${PATH}/upgrade?remote=registry.test/volume:2.0`,
        body: JSON.stringify(computePrivileges(two.config)),
        onData: (body) => /"current":1\d{7}/.test(body),
      })
      assert.is(cut.error, 'aborted')
      assert.equal(engine.plugins(), before)
      const again = await upgrade(engine, two)
      const first = lines(again).find(({ status }) => status === 'Downloading')
      assert.ok((first?.progressDetail?.current ?? 0) >= 10_000_000)
      assert.is(streamError(again), undefined)
    }))

  test('a registry that goes away :: fails it, and leaves the plugin as it was', () =>
    withVolume(async (engine) => {
      const before = engine.plugins()
      const answer = await upgradeWhile(engine, async () =>
        engine.changeRegistry('registry.test', { reachable: false }),
      )
      assert.match(
        String(streamError(answer)),
        /failed open: .*registry\.test.*connection refused$/,
      )
      assert.equal(engine.plugins(), before)
      assert.match(message(await upgrade(engine, one, '1.0')), /connection refused$/)
    }))
})

suite('embedded upgrade :: registries that change', (test) => {
  test('a new version, and a tag that moves :: the old one is still there by its digest', () =>
    withVolume(async (engine) => {
      engine.publish('registry.test/volume:3.0', two)
      assert.is(streamError(await upgrade(engine, two, '3.0')), undefined)
      engine.publish('registry.test/volume:1.0', two)
      const digestOf = async (reference: string) => {
        const { body } = await get(engine, `/distribution/registry.test/${reference}/json`)
        return JSON.parse(body).Descriptor?.digest
      }
      assert.is(await digestOf('volume:1.0'), two.digest)
      assert.is(await digestOf(`volume@${one.digest}`), one.digest)
      assert.is(registries['registry.test'].repositories.volume['1.0'], one)
    }))

  test('a new repository', () =>
    withVolume(async (engine) => {
      engine.publish('registry.test/other', one)
      assert.is(streamError(await pull(engine, 'registry.test/other:latest', one)), undefined)
    }))

  test('a registry that is not there, and a digest :: are refused by their names', () =>
    withVolume(async (engine) => {
      assert.throws(
        () => engine.publish('nosuch.test/volume:1.0', one),
        'The embedded engine has no registry nosuch.test, only: registry.test.',
      )
      assert.throws(() => engine.changeRegistry('nosuch.test', {}), /has no registry nosuch\.test/)
      assert.throws(
        () => engine.publish(`registry.test/volume@${one.digest}`, one),
        /^A tag is published, and registry\.test\/volume@sha256:\w+ names a digest\.$/,
      )
    }))

  test('a removal of any plugin :: the way back needs the registry for its layers', () =>
    withVolume(async (engine) => {
      const layer = one.layers[0]?.digest.slice(7, 19) as string
      await upgrade(engine, two)
      assert.is(statuses(await upgrade(engine, one, '1.0'), layer)[0], 'Already exists')
      await pull(engine, 'registry.test/copy:1.0')
      engine.publish('registry.test/copy:1.0', definePlugin())
      await pull(engine, 'registry.test/copy:1.0')
      await remove(engine, '/plugins/registry.test/copy:1.0')
      assert.is(statuses(await upgrade(engine, one, '1.0'), layer)[0], 'Waiting')
    }))

  test('a layer with a wrong byte :: fails from a sound registry, too, after a removal and a restart', async () => {
    const layerDigest = `sha256:${'bad0'.repeat(16)}`
    const broken = { ...two, damage: { layerDigest } }
    await withVolume(
      async (engine) => {
        const fails = async (tag: string) =>
          assert.match(String(streamError(await upgrade(engine, two, tag))), layerDigest)
        await fails('2.0')
        await fails('2.1')
        await remove(engine, PATH)
        await engine.restart()
        await pull(engine, NAME, one)
        await fails('2.1')
      },
      { registries: volumes({ '1.0': one, '2.0': broken, '2.1': two }) },
    )
  })
})

suite('embedded upgrade :: a restart of the engine', (test) => {
  test('ends what goes on, and leaves the plugin as it was', () =>
    withVolume(async (engine) => {
      const before = engine.plugins()
      const answer = await upgradeWhile(engine, () => engine.restart())
      assert.is(answer.error, 'aborted')
      assert.equal(engine.plugins(), before)
    }))

  test('shows the old reference until the next set :: beside the new config', () =>
    withVolume(async (engine) => {
      const shown = () => {
        const [plugin] = engine.plugins()
        return [plugin?.Config.Description, plugin?.PluginReference]
      }
      await upgrade(engine, two)
      await engine.restart()
      assert.equal(shown(), ['two', 'registry.test/volume:1.0'])
      await upgrade(engine, two)
      await set(engine)
      await engine.restart()
      assert.equal(shown(), ['two', 'registry.test/volume:2.0'])
    }))

  test('starts what was enabled, and a device can no longer be set with effect', () =>
    withVolume(async (engine) => {
      await enable(engine)
      await engine.restart()
      assert.equal(inEffect(engine), given)
      await post(engine, `${PATH}/disable`)
      assert.is((await set(engine, 'fuse.path=/dev/null', 'state.source=/other')).status, 204)
      await enable(engine)
      assert.equal(inEffect(engine), { ...given, mounts: ['state /other'] })
    }))

  test('an enable that waits ends with it, and can be asked for again', async () => {
    const late = definePlugin({ behaviour: { listensAfter: 2_000 } })
    const options = { registries: volumes({ '1.0': late }), pace: 1 }
    await withEngine(options, async (engine) => {
      await pull(engine, NAME)
      const waiting = enable(engine)
      await whenAsked(engine, 'enable')
      await engine.restart()
      assert.is((await waiting).status, null)
      assert.is(engine.plugins()[0]?.Enabled, false)
      assert.is(engine.process(NAME), undefined)
      const again = enable(engine)
      await engine.close()
      assert.is((await again).status, null)
    })
  })
})

suite('embedded upgrade :: the disk of the engine', (test) => {
  const error = async (answer: Promise<Answer>) => String(streamError(await answer))

  test('full while a layer is extracted, and from then on :: the old version stays', () =>
    withVolume(async (engine) => {
      const before = engine.plugins()
      engine.changeDisk({ free: 30e6 })
      assert.match(await error(upgrade(engine, two)), /^error applying layer .* no space left/)
      assert.match(await error(upgrade(engine, two)), /^write .*\/ingest\/.*\/ref: no space left/)
      assert.equal(engine.plugins(), before)
      engine.changeDisk({ free: 1e9 })
      assert.is(await error(upgrade(engine, two)), 'undefined')
    }))

  test('full while a layer is downloaded', () =>
    withVolume(async (engine) => {
      engine.changeDisk({ free: 10e6 })
      assert.match(await error(upgrade(engine, two)), /^failed to copy: write .* no space left/)
    }))

  test('full :: an enable and a disable answer 500, and are carried out', () =>
    withVolume(async (engine) => {
      engine.changeDisk({ free: 0 })
      assert.is((await enable(engine)).status, 500)
      assert.equal(inEffect(engine), given)
      assert.is((await post(engine, `${PATH}/disable`)).status, 500)
      assert.is(engine.plugins()[0]?.Enabled, false)
      assert.is(engine.process(NAME), undefined)
    }))

  test('where config.json cannot be written :: Config is new, the files and what a restart finds old', () =>
    withVolume(async (engine) => {
      engine.changeDisk({ unwritable: [NAME] })
      assert.match(await error(upgrade(engine, two)), /^error saving upgraded plugin config: /)
      const [plugin] = engine.plugins()
      assert.equal([plugin?.Config.Description, plugin?.PluginReference], ['two', NAME])
      engine.changeDisk({ unwritable: [] })
      await enable(engine)
      assert.is(inEffect(engine).version, 1)
    }))

  test('a copy left by an upgrade that was cut short :: is in the way until it is removed', () =>
    withVolume(async (engine) => {
      engine.changeDisk({ leftovers: [NAME] })
      assert.match(await error(upgrade(engine, two)), /rootfs-old: file exists$/)
      assert.is(engine.plugins()[0]?.Config.Description, 'one')
      engine.changeDisk({ leftovers: [] })
      assert.is(await error(upgrade(engine, two)), 'undefined')
    }))
})

suite('embedded upgrade :: an entrypoint that died', (test) => {
  test('is in the way of an enable for a while only', async () => {
    const dies = definePlugin({ behaviour: 'dies' })
    await withEngine({ registries: volumes({ '1.0': dies }) }, async (engine) => {
      await pull(engine, NAME)
      assert.is((await enable(engine)).status, 500)
      for (let looks = 0; (await enable(engine)).status === 409; looks++) assert.ok(looks < 1000)
    })
  })
})

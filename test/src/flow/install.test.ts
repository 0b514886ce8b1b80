import { setImmediate } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import type { InstallSnapshot } from '../../../machines/plugin-install/snapshot.ts'
import type { InstallInput } from '../../../machines/plugin-install/types.ts'
import { isInstallError } from '../../../src/flow/errors.ts'
import type { FlowWork } from '../../../src/flow/flowTools.ts'
import { createImplementations } from '../../../src/flow/implementations.ts'
import { toInput, toResumedInput } from '../../../src/flow/input.ts'
import { startInstall } from '../../../src/flow/install.ts'
import { loadOnce } from '../../../src/flow/loadOnce.ts'
import type { Engine, FlowOptions } from '../../../src/flow/types.ts'
import { engineOf, fakeEngine } from '../../support/fakePorts.ts'
import { rememberingEngine } from '../../support/rememberingEngine.ts'
import { suite } from '../../support/suite.ts'

function asked(): never {
  throw new Error('the engine was asked')
}

const engine: Engine = {
  host: 'unix:///nowhere.sock',
  call: asked,
  configured: asked,
}
const install = { reference: 'acme/probe:1.0' }
const missing = Object.assign(new Error('Cannot find module'), { code: 'ERR_MODULE_NOT_FOUND' })
const load = loadOnce(() => Promise.reject(missing))

async function failureOf(
  input: InstallInput,
  options: FlowOptions = {},
  values = new Map<string, string>(),
) {
  const states: string[] = []
  const flow = startInstall(engine, options, { input, values }, { load })
  flow.transition$.subscribe(({ to }) => states.push(to))
  try {
    throw new Error(`${(await flow.result).name} was installed`)
  } catch (error) {
    if (!isInstallError(error)) throw error
    return { states, error }
  }
}

suite('a flow whose work is loaded', (test) => {
  test('too late, once it was cancelled :: the engine is asked nothing', async () => {
    const host = fakeEngine()
    let arrive = () => {}
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve
    })
    const flow = startInstall(host, {}, toInput(install), {
      load: async (dependencies) => {
        await arrived
        return createImplementations(dependencies)
      },
    })
    assert.ok(flow.cancel())
    arrive()
    await flow.result.catch(() => {})
    await setImmediate()
    assert.equal(host.calls, [])
  })

  test('the credentials that it found are dropped with its end', async () => {
    const sent: (string | undefined)[] = []
    let work: FlowWork | undefined
    const answers = rememberingEngine()
    const host: Engine = {
      ...engineOf({
        ...answers,
        async pluginPull(input, options) {
          sent.push(options.registryAuth)
          return answers.pluginPull(input, options)
        },
      }),
      configured: async () => ({ username: 'somebody', password: 'planted' }),
    }
    const whole = { ...install, grantAllPermissions: true }
    await startInstall(host, {}, toInput(whole), {
      load: async (dependencies) => {
        work = createImplementations(dependencies)
        return work
      },
    }).result
    await setImmediate()
    assert.type(sent[0], 'string')
    assert.is(work?.credentialsReason('docker.io'), 'missing', 'none are held any more')
  })
})

suite('a flow whose work cannot be loaded', (test) => {
  test('ends before anything was asked or changed, and says why', async () => {
    const { states, error } = await failureOf(toInput(install).input)
    assert.equal(states, ['checkPrivileges', 'rolledBack'])
    assert.is(error.code, 'host-failed')
    assert.match(error.message, /could not be loaded \(ERR_MODULE_NOT_FOUND\)/)
    assert.equal(error.rollback, { result: 'nothingToRemove' })
  })

  test('drops the values of its secret settings', async () => {
    const values = new Map([['PASSWORD', 'planted']])
    await failureOf(toInput(install).input, {}, values)
    assert.is(values.size, 0)
  })

  test('a run that was being taken back :: is reported as left behind, with the command', async () => {
    const { input } = toInput({ ...install, disabled: true })
    const left: InstallSnapshot = {
      version: 2,
      state: 'rollingBack',
      input,
      run: { ownership: 'created', enableRequested: false, id: 'f'.repeat(64) },
    }
    const { error } = await failureOf(toResumedInput(left, { rollBack: true }))
    assert.is(error.rollback.result, 'failed')
    assert.match(JSON.stringify(error.rollback), 'docker plugin rm acme/probe:1.0')
  })
})

import { setImmediate } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import type { InstallSnapshot } from '../../../machines/plugin-install/snapshot.ts'
import { createFlowWork } from '../../../src/flow/flowWork.ts'
import { toInput } from '../../../src/flow/input.ts'
import { isInstallError } from '../../../src/flow/installError.ts'
import { installPlugin } from '../../../src/flow/installPlugin.ts'
import { notLoaded } from '../../../src/flow/notLoaded.ts'
import { toResumedInput } from '../../../src/flow/resumeInstall.ts'
import { startFlow } from '../../../src/flow/startFlow.ts'
import type { Engine, FlowOptions } from '../../../src/flow/types.ts'
import { fakeEngine } from '../../support/fakePorts.ts'
import { rememberingEngine } from '../../support/rememberingEngine.ts'
import { suite } from '../../support/suite.ts'

function asked(): never {
  throw new Error('the engine was asked')
}

const engine: Engine = {
  host: 'unix:///nowhere.sock',
  operations: asked,
  configured: asked,
  close() {},
}
const install = { reference: 'acme/probe:1.0' }
const missing = Object.assign(new Error('Cannot find module'), { code: 'ERR_MODULE_NOT_FOUND' })
const load = async () => notLoaded(missing)

async function failureOf(
  input: Parameters<typeof startFlow>[1],
  options: FlowOptions = {},
  values = new Map<string, string>(),
) {
  const states: string[] = []
  const flow = startFlow(engine, input, options, values, { load })
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
    const operations = fakeEngine()
    const host: Engine = {
      ...engine,
      operations: () => operations,
      configured: async () => undefined,
    }
    let arrive = () => {}
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve
    })
    const flow = startFlow(host, toInput(install), {}, undefined, {
      load: async (surroundings) => {
        await arrived
        return createFlowWork(surroundings)
      },
    })
    assert.ok(flow.cancel())
    arrive()
    await flow.result.catch(() => {})
    await setImmediate()
    assert.equal(operations.calls, [])
  })

  test('the credentials that it found are dropped with its end', async () => {
    const operations = rememberingEngine()
    let header = (): string | undefined => undefined
    let whileItRan: string | undefined
    const host: Engine = {
      ...engine,
      operations(authHeader) {
        header = authHeader
        return {
          ...operations,
          async pluginEnable(...call) {
            whileItRan = header()
            await operations.pluginEnable(...call)
          },
        }
      },
      configured: async () => ({ username: 'somebody', password: 'planted' }),
    }
    await installPlugin(host, { ...install, grantAllPermissions: true }).result
    await setImmediate()
    assert.type(whileItRan, 'string')
    assert.is(header(), undefined)
  })
})

suite('a flow whose work cannot be loaded', (test) => {
  test('ends before anything was asked or changed, and says why', async () => {
    const { states, error } = await failureOf(toInput(install))
    assert.equal(states, ['checkPrivileges', 'rolledBack'])
    assert.is(error.code, 'host-failed')
    assert.match(error.message, /could not be loaded \(ERR_MODULE_NOT_FOUND\)/)
    assert.equal(error.rollback, { result: 'nothingToRemove' })
  })

  test('drops the values of its secret settings', async () => {
    const values = new Map([['PASSWORD', 'planted']])
    await failureOf(toInput(install), {}, values)
    assert.is(values.size, 0)
  })

  test('a run that was being taken back :: is told to be left, with the command', async () => {
    const input = toInput({ ...install, disabled: true })
    const left: InstallSnapshot = {
      version: 1,
      state: 'rollingBack',
      input,
      run: { ownership: 'created', enableRequested: false, id: 'f'.repeat(64) },
    }
    const { error } = await failureOf(toResumedInput(left, { rollBack: true }))
    assert.is(error.rollback.result, 'failed')
    assert.match(JSON.stringify(error.rollback), 'docker plugin rm acme/probe:1.0')
  })
})

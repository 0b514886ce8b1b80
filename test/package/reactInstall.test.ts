import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { transformSync } from 'esbuild'
import { createElement, StrictMode } from 'react'
import { filter, firstValueFrom } from 'rxjs'
import * as assert from 'uvu/assert'
import { isInstallError } from '../../src/flow/errors.ts'
import { suite } from '../support/suite.ts'
import { type Consumer, makeConsumer } from './consumer.ts'
import { axeFindings } from './react/axeFindings.ts'
import { countObservers } from './react/countObservers.ts'
import { type Dom, openDom } from './react/openDom.ts'
import { openStage, type Stage } from './react/openStage.ts'

const example = join(import.meta.dirname, '../../docs/examples/reactInstall.tsx')
const SSHFS = 'vieux/sshfs:latest'
const SLOW = 'acme/slow:latest'

suite('reactInstall.tsx', (test) => {
  let consumer: Consumer
  let dom: Dom
  test.before(async () => {
    consumer = makeConsumer()
    dom = await openDom()
    const source = readFileSync(example, 'utf8')
    const { code } = transformSync(source, { loader: 'tsx', jsx: 'automatic' })
    writeFileSync(join(consumer.folder, 'reactInstall.mjs'), code)
  })
  test.after(async () => {
    await dom.close()
    consumer.remove()
  })

  /** Anything that React and the components print is a failure, and so is anything they leave behind. */
  async function onStage(act: (stage: Stage) => Promise<void>): Promise<void> {
    const printed: unknown[][] = []
    const before = timers()
    const { error } = console
    console.error = (...words) => printed.push(words)
    const stage = await openStage(consumer.folder, dom.window)
    try {
      await act(stage)
    } finally {
      await stage.close()
      console.error = error
    }
    assert.equal(printed, [])
    assert.is(timers(), before, 'timers')
  }

  test('each state as it comes, the question, and the way to its end', () =>
    onStage(async ({ screen, show, install, dom }) => {
      const flow = install({ reference: SSHFS })
      const states: string[] = []
      flow.transition$.subscribe(({ to }) => states.push(to))
      show(flow)
      assert.not(screen.has('progress'))
      await screen.until(() => screen.has('form'))
      assert.is(screen.text('form p'), 'vieux/sshfs:latest asks for:')
      assert.equal(screen.texts('form li'), [
        'network: host',
        'mount: /var/lib/docker/plugins/',
        'mount: ',
        'device: /dev/fuse',
        'capabilities: CAP_SYS_ADMIN',
      ])
      assert.equal(screen.texts('button'), ['Grant', 'Deny', 'Cancel'])
      assert.equal(await axeFindings(dom), [])
      screen.click('Grant')
      await screen.until(() => screen.text('h2') === 'done')
      assert.equal(screen.headings, states)
      assert.is(states.length, 6)
      assert.is(screen.attribute('progress', 'value'), '100')
      assert.not(screen.has('form, button, [role=alert]'))
      assert.equal(await axeFindings(dom), [])
    }))

  test('Deny :: an alert that says what to do, and nothing on the engine', () =>
    onStage(async ({ screen, show, install, simulated, dom }) => {
      show(install({ reference: SSHFS }))
      await screen.until(() => screen.has('form'))
      screen.click('Deny')
      await screen.until(() => screen.has('[role=alert]'))
      assert.equal(screen.headings, ['checkPrivileges', 'awaitConsent', 'rolledBack'])
      assert.match(screen.text('[role=alert]') ?? '', 'The privileges were not granted.')
      assert.not(screen.has('form, button, progress'))
      assert.is(simulated.requests().filter(({ method }) => method === 'POST').length, 0)
      assert.equal(await axeFindings(dom), [])
    }))

  test('Cancel :: in the middle of a pull', () =>
    onStage(async ({ screen, show, install, simulated, dom }) => {
      show(install({ reference: SLOW, consent: () => true }))
      await screen.until(() => Number(screen.attribute('progress', 'value')) > 0)
      assert.ok(Number(screen.attribute('progress', 'value')) < 99)
      assert.is(screen.attribute('progress', 'aria-label'), 'Download')
      assert.equal(screen.texts('button'), ['Cancel'])
      assert.equal(await axeFindings(dom), [])
      screen.click('Cancel')
      await screen.until(() => screen.text('h2') === 'rollingBack')
      assert.not(screen.has('button'), 'it is taking back already')
      assert.is(screen.attribute('section', 'aria-busy'), 'true')
      await screen.until(() => screen.text('h2') === 'rolledBack')
      assert.is(screen.attribute('section', 'aria-busy'), 'false')
      assert.match(screen.text('[role=alert]') ?? '', 'cancelled')
      assert.equal(simulated.plugins(), [])
    }))

  test('a failure :: an alert in the words of the flow', () =>
    onStage(async ({ screen, show, install, dom }) => {
      const flow = install({ reference: 'acme/dies:latest', consent: () => true })
      show(flow)
      await screen.until(() => screen.text('h2') === 'rolledBack')
      const error = await flow.result.catch((error: unknown) => error)
      if (!isInstallError(error)) throw error
      assert.is(error.code, 'plugin-did-not-listen')
      assert.is(screen.text('[role=alert]'), `${error.message} ${error.next}`)
      assert.equal(await axeFindings(dom), [])
    }))

  test('mounted late :: what is true by then, at once', () =>
    onStage(async ({ screen, show, install }) => {
      const flow = install({ reference: SLOW, consent: () => true })
      const { percent } = await firstValueFrom(
        flow.progress$.pipe(filter(({ percent = 0 }) => percent > 0)),
      )
      show(flow)
      assert.equal(screen.headings, ['pulling.streaming'])
      assert.is(screen.attribute('progress', 'value'), String(percent))
      assert.equal(screen.texts('button'), ['Cancel'])
    }))

  test('mounted when it is over :: how it ended', () =>
    onStage(async ({ screen, show, install }) => {
      const flow = install({ reference: SSHFS, grantAllPermissions: true })
      await flow.result
      show(flow)
      assert.equal(screen.headings, ['done'])
      assert.is(screen.attribute('progress', 'value'), '100')
    }))

  for (const mode of ['plainly', 'under StrictMode']) {
    test(`mounted ${mode} :: one subscription each, and none when it is gone`, () =>
      onStage(async ({ screen, show, install }) => {
        const { flow, open } = countObservers(install({ reference: SLOW }))
        show(flow, mode === 'plainly' ? undefined : (node) => createElement(StrictMode, null, node))
        await screen.until(() => screen.has('form'))
        // Three things are selected of the actor's snapshot.
        assert.equal(open(), { actor: 3, transition$: 1, progress$: 1, consent$: 1 })
        screen.click('Grant')
        await screen.until(() => Number(screen.attribute('progress', 'value')) > 0)
        assert.equal(open(), { actor: 3, transition$: 1, progress$: 1 })
        screen.unmount()
        assert.equal(open(), {})
        assert.ok(flow.cancel(), 'the flow goes on without its screen')
      }))
  }

  test('another flow in its place :: nothing of the one before', () =>
    onStage(async ({ screen, show, install }) => {
      const one = countObservers(install({ reference: SLOW, consent: () => true }))
      show(one.flow)
      await screen.until(() => Number(screen.attribute('progress', 'value')) > 0)
      show(install({ reference: SSHFS }))
      assert.is(screen.text('h2'), 'checkPrivileges')
      assert.not(screen.has('progress'), 'the bar of the one before')
      assert.equal(one.open(), {})
      await screen.until(() => screen.has('form'))
      assert.not(screen.has('progress'))
    }))

  test('the question :: lies in nothing that is marked as busy', () =>
    onStage(async ({ screen, show, install }) => {
      show(install({ reference: SSHFS }))
      assert.ok(screen.has('[aria-busy=true]'))
      await screen.until(() => screen.has('form'))
      assert.not(screen.has('[aria-busy=true] form'))
    }))

  test('the question :: a privilege that is asked for twice is shown once', () =>
    onStage(async ({ screen, show, install }) => {
      show(install({ reference: 'acme/twice:latest' }))
      await screen.until(() => screen.has('form'))
      assert.equal(screen.texts('form li'), ['mount: /data'])
    }))

  test('the question :: tells which settings may widen what is asked for', () =>
    onStage(async ({ screen, show, install }) => {
      const settings = { 'state.source': '/srv', DEBUG: '1' }
      show(install({ reference: 'acme/twice:latest', settings }))
      await screen.until(() => screen.has('form'))
      assert.equal(screen.texts('form li'), ['mount: /data', 'setting: state.source=/srv'])
    }))
})

function timers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
}

import { lastValueFrom, toArray } from 'rxjs'
import * as assert from 'uvu/assert'
import { EngineError } from '../../../../machines/errors.ts'
import { runFlow } from '../../../../src/command/install/drive.ts'
import { createPrompt } from '../../../../src/command/install/prompt.ts'
import { lineView } from '../../../../src/command/views/chooseView.ts'
import { flowEvents } from '../../../../src/events/flowEvents.ts'
import { isFlowEvent } from '../../../../src/events/readRun.ts'
import type { Answers } from '../../../support/fakePorts.ts'
import { rememberingEngine } from '../../../support/rememberingEngine.ts'
import { suite } from '../../../support/suite.ts'
import { type VirtualFlow, virtualFlow } from '../../../support/virtualFlow.ts'
import { collected, shownRun } from '../../command/collect.ts'
import { keyboard } from '../../command/keyboard.ts'

const options = { grantAllPermissions: true }

/** An engine that is away for one of its answers. */
function awayOnce(): Answers {
  const engine = rememberingEngine()
  let looks = 0
  return {
    ...engine,
    distributionInspect: (input, options) =>
      ++looks === 1
        ? Promise.reject(new EngineError('engine-unreachable', 'the connection ended'))
        : engine.distributionInspect(input, options),
  }
}

suite('a retry', (test) => {
  test('is an event of its flow, with its time', async () => {
    const flow = virtualFlow(awayOnce(), options)
    const events = lastValueFrom(flowEvents(flow).pipe(toArray()))
    await flow.time.pass(1_000)
    const all = await events
    const told = all.find(({ type }) => type === 'retry')
    assert.ok(told?.type === 'retry' && isFlowEvent(told))
    assert.equal(flow.retries, [{ ...told.retry, at: told.at }])
  })

  test('is a line of the command', async () => {
    const [stdout, stderr] = [collected(), collected()]
    const view = lineView({ run: shownRun(), stdout, stderr, now: () => 0 })
    const io = { stdin: keyboard() }
    const interrupts = {
      first: undefined,
      interrupted: new Promise<never>(() => {}),
      second: new Promise<void>(() => {}),
      third: new Promise<void>(() => {}),
      interrupt() {},
      release() {},
    }
    let flow: VirtualFlow | undefined
    const outcome = runFlow(
      (more) => {
        flow = virtualFlow(awayOnce(), { ...options, ...more })
        return flow
      },
      undefined,
      { plain: false, host: 'unix:///x' },
      {
        shown: shownRun(),
        view,
        prompt: createPrompt(io, stdout, () => {}),
        interrupts,
        signal: new AbortController().signal,
      },
    )
    await flow?.time.pass(1_000)
    assert.is((await outcome).state, 'done')
    assert.match(stdout.stream.text(), 'the connection ended; again in 1.0s (attempt 2 of 4)\n')
  })
})

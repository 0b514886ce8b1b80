import * as assert from 'uvu/assert'
import type { CallOptions, InputOf } from '../../../machines/engine.ts'
import type { Plugin } from '../../../machines/plugin.ts'
import { inspectSettled, settlings } from '../../../machines/steps/inspectSettled.ts'
import { engineOf, rejection, unreachable } from '../../support/fakePorts.ts'
import { samplePlugin } from '../../support/samples.ts'
import { suite } from '../../support/suite.ts'

const name = 'acme/probe:1.0'
const settling = { looks: 3, pause: 250 }
/** Ends what looks for ever. */
const MOST_LOOKS = 50

/** Looks at an engine that has this at each look, and nothing after the last. */
function inspect(...seen: (Plugin | undefined | Error)[]) {
  const { signal } = new AbortController()
  const events: unknown[] = []
  const engine = engineOf({
    async pluginInspect(input: InputOf<'pluginInspect'>, options: CallOptions) {
      assert.equal(input, { name })
      assert.is(options.signal, signal)
      assert.ok(events.push('look') < MOST_LOOKS, 'it looks for ever')
      const now = seen.shift()
      if (now instanceof Error) throw now
      return now
    },
  })
  const pause = async (ms: number) => void events.push(ms)
  return { found: inspectSettled(engine, name, settling, signal, pause), events }
}

suite('inspectSettled', (test) => {
  test('the plugin is there :: looked at once', async () => {
    const plugin = samplePlugin()
    const { found, events } = inspect(plugin)
    assert.is(await found, plugin)
    assert.equal(events, ['look'])
  })

  test('the plugin appears :: looked for until then, with a pause before each further look', async () => {
    const plugin = samplePlugin()
    const { found, events } = inspect(undefined, undefined, plugin)
    assert.is(await found, plugin)
    assert.equal(events, ['look', 250, 'look', 250, 'look'])
  })

  test('the plugin never appears :: looked for as often again as was said', async () => {
    const { found, events } = inspect()
    assert.is(await found, undefined)
    assert.equal(events, ['look', 250, 'look', 250, 'look', 250, 'look'])
  })

  test('a look fails :: nothing is known, and its error is passed on', async () => {
    for (const seen of [[unreachable], [undefined, unreachable]]) {
      assert.is(await rejection(inspect(...seen).found), unreachable)
    }
  })

  test('the more the engine had of a cut pull, the longer it is waited for', () => {
    assert.equal(settlings, {
      no: { looks: 1, pause: 250 },
      perhaps: { looks: 20, pause: 500 },
      yes: { looks: 40, pause: 500 },
    })
  })
})

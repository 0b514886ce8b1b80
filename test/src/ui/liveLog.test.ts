import * as assert from 'uvu/assert'
import { createLiveLog, type LiveNews } from '../../../src/ui/liveLog.ts'
import { servePage } from '../../../src/ui/servePage.ts'
import { suite } from '../../support/suite.ts'
import { ask, tokenOf } from './uiStage.ts'

const step = (sequence: number) => ({
  sequence,
  at: 0,
  actor: 'x:0',
  machine: 'lamp',
  event: 'GO',
  value: 'on',
  status: 'active',
})

suite('ui :: live', (test) => {
  test('a page that has everything waits for the next step', () =>
    onLog(async ({ post, get }) => {
      const waiting = get(0)
      assert.is((await post({ run: 'a', dropped: 0, steps: [step(1)] })).status, 204)
      const { steps } = await waiting
      assert.equal(steps, [{ ...step(1), actor: 'a x:0', number: 1 }])
      assert.equal((await get(0)).steps, steps)
    }))

  test('without a step the answer is empty, in bounded time', () =>
    onLog(async ({ get }) => assert.equal(await get(0), { steps: [], dropped: 0 }), 1))

  test('a batch that is sent twice counts once, and each inspector for itself', () =>
    onLog(async ({ post, get }) => {
      for (const run of ['a', 'a', 'b']) await post({ run, dropped: 2, steps: [step(1), step(2)] })
      const { steps, dropped } = await get(0)
      assert.equal(
        steps.map(({ actor, sequence }) => `${actor} ${sequence}`),
        ['a x:0 1', 'a x:0 2', 'b x:0 1', 'b x:0 2'],
      )
      assert.is(dropped, 4)
    }))

  test('the oldest steps are forgotten, and counted', () =>
    onLog(async ({ post, get }) => {
      for (let first = 0; first < 1_200; first += 200) {
        const steps = Array.from({ length: 200 }, (_, index) => step(first + index + 1))
        await post({ run: 'a', dropped: 0, steps })
      }
      const { steps, dropped } = await get(0)
      assert.equal([steps.length, steps[0]?.number, dropped], [1_000, 201, 200])
    }))

  test('of too many pages that wait, some are refused', () =>
    onLog(async ({ post, status }) => {
      const statuses: number[] = []
      let all: Promise<unknown> = Promise.resolve()
      const refused = new Promise((resolve) => {
        const ask = async () => {
          statuses.push(await status(0))
          if (statuses.length === 4) resolve(true)
        }
        all = Promise.all(Array.from({ length: 20 }, ask))
      })
      await refused
      assert.equal(statuses, [503, 503, 503, 503])
      await post({ run: 'a', dropped: 0, steps: [step(1)] })
      await all
      assert.is(statuses.filter((each) => each === 200).length, 16)
    }))

  test('anything else is refused', () =>
    onLog(async ({ post, ask: asked }) => {
      const wrong: [unknown, string][] = [
        [{}, 'run is missing'],
        [{ run: 1, dropped: 0, steps: [] }, 'run must be a string'],
        [{ run: 'a', dropped: 'x', steps: [] }, 'dropped must be a number'],
        [{ run: 'a', dropped: 0, steps: {} }, 'steps must be a list'],
      ]
      for (const [body, message] of wrong) {
        const answer = await post(body)
        assert.is(answer.status, 400)
        assert.match(JSON.parse(answer.body).message, message)
      }
      assert.is(
        (await post({ run: 'a', dropped: 0, steps: [{ ...step(1), at: 'x' }] })).status,
        400,
      )
      assert.is((await asked('PUT')).status, 405)
    }))
})

async function onLog(
  act: (stage: {
    post: (body: unknown) => ReturnType<typeof ask>
    get: (after: number) => Promise<LiveNews>
    status: (after: number) => Promise<number>
    ask: (method: string) => ReturnType<typeof ask>
  }) => Promise<void>,
  waitMs?: number,
): Promise<void> {
  const routes = new Map([['live', createLiveLog(waitMs)]])
  const served = await servePage({ port: 0, files: new Map(), page: 'index.html', routes })
  const { origin } = new URL(served.url)
  const headers = { ...tokenOf(served.url), origin, 'content-type': 'application/json' }
  const get = (after: number) => ask(`${origin}/live/${after}`, { headers })
  try {
    await act({
      post: (body) => ask(`${origin}/live`, { method: 'POST', headers, body }),
      get: async (after) => JSON.parse((await get(after)).body),
      status: async (after) => (await get(after)).status,
      ask: (method) => ask(`${origin}/live`, { method, headers }),
    })
  } finally {
    await served.close()
  }
}

import * as assert from 'uvu/assert'
import type { RolloutCounts } from '../../../machines/rollout/records.ts'
import { TARGET_STATES } from '../../../machines/rollout/records.ts'
import type { Loss } from '../../../machines/rollout/types.ts'
import type {
  RolloutNews,
  RolloutOrder,
  Rollouts,
  ShownRollout,
  ShownTarget,
} from '../../../src/ui/rollouts.ts'
import { suite } from '../../support/suite.ts'
import { ask, enter, onUiStage, stream } from './uiStage.ts'

const counts = Object.fromEntries(TARGET_STATES.map((state) => [state, 0])) as RolloutCounts
const shown: ShownRollout = {
  id: '2026-a',
  kind: 'install',
  name: 'vieux/sshfs:latest',
  reference: 'vieux/sshfs',
  planned: '2026-01-01T00:00:00.000Z',
  state: 'rolling',
  counts,
  out: 1,
  takes: ['pause', 'cancel'],
  isLeft: false,
  plan: [],
}
const row = { index: 0, target: 'db-1', state: 'queued', attempt: 0 } as const

/** A rollout that a test changes, and the orders that it was given. */
function fakeRollouts() {
  const orders: [RolloutOrder, Loss?][] = []
  const now: { news: RolloutNews; fails?: boolean } = {
    news: { version: 1, rollout: shown, rows: [row] },
  }
  const rollouts: Rollouts = {
    list: async () => ({ rollouts: [shown], problems: ['one is damaged'] }),
    open: async (id) =>
      id === shown.id
        ? {
            async read(after) {
              if (now.fails) throw new RangeError('it cannot be read')
              const { news } = now
              return news.version > after ? news : { ...news, rows: [] }
            },
            target: async (index) =>
              index === 0 ? ({ ...row, engine: 'unix:///x.sock' } as ShownTarget) : undefined,
          }
        : undefined,
    async order(_id, order, only) {
      orders.push(only ? [order, only] : [order])
    },
  }
  return { rollouts, now, orders }
}

suite('ui :: rollouts', (test) => {
  test('the list, one target, and what is not there', () =>
    onUiStage(
      async (stage) => {
        const client = await enter(stage)
        const get = async (path: string) => {
          const { status, body } = await client.get(path)
          return { status, body: JSON.parse(body) }
        }
        assert.equal(await get('/rollouts'), {
          status: 200,
          body: { rollouts: [shown], problems: ['one is damaged'] },
        })
        assert.is((await get('/about')).body.hasRollouts, true)
        assert.equal((await get('/rollouts/2026-a/targets/0')).body, {
          ...row,
          engine: 'unix:///x.sock',
        })
        for (const path of [
          '/rollouts/2026-b/changes',
          '/rollouts/2026-a/targets/1',
          '/rollouts/2026-a/targets/x',
          '/rollouts/2026-a/targets/0/more',
          '/rollouts/2026-a/pause',
          '/rollouts/2026-a',
        ]) {
          assert.is((await get(path)).status, 404, path)
        }
        assert.is((await ask(`${stage.origin}/rollouts`)).status, 403)
        const deleted = { method: 'DELETE', headers: { ...client.headers, origin: stage.origin } }
        assert.is((await ask(`${stage.origin}/rollouts`, deleted)).status, 405)
      },
      { rollouts: fakeRollouts().rollouts },
    ))

  test('there are no rollouts without a state folder', () =>
    onUiStage(async (stage) => {
      const client = await enter(stage)
      assert.is(JSON.parse((await client.get('/about')).body).hasRollouts, false)
      assert.is((await client.get('/rollouts')).status, 404)
    }))

  test('an order is passed on only where the state takes it', async () => {
    const { rollouts, orders } = fakeRollouts()
    await onUiStage(
      async (stage) => {
        const { post } = await enter(stage)
        assert.is((await post('/rollouts/2026-a/pause', {})).status, 204)
        const refused = await post('/rollouts/2026-a/promote', {})
        assert.is(refused.status, 409)
        assert.match(refused.body, 'the rollout does not take that while it is rolling')
        assert.is((await post('/rollouts/2026-a/explode', {})).status, 404)
        assert.is((await post('/rollouts/2026-a/pause/0', {})).status, 404)
        assert.is((await post('/rollouts/2026-b/pause', {})).status, 404)
        assert.is((await post('/rollouts', {})).status, 404)
        assert.equal(orders, [['pause']])
      },
      { rollouts },
    )
  })

  test('a retry may be limited to one kind, and to no other', async () => {
    const { rollouts, now, orders } = fakeRollouts()
    now.news = { ...now.news, rollout: { ...shown, takes: ['retry'] } }
    await onUiStage(
      async (stage) => {
        const { post } = await enter(stage)
        assert.is((await post('/rollouts/2026-a/retry', { only: 'failed' })).status, 204)
        const refused = await post('/rollouts/2026-a/retry', { only: 'planted' })
        assert.is(refused.status, 400)
        assert.match(refused.body, 'only must be failed or unreachable')
        assert.not.match(refused.body, 'planted')
        assert.is((await post('/rollouts/2026-a/retry', {})).status, 204)
        assert.equal(orders, [['retry', 'failed'], ['retry']])
      },
      { rollouts },
    )
  })

  test('a stream :: all of it first, then what has changed, until it cannot be read', async () => {
    const { rollouts, now } = fakeRollouts()
    // More than a connection takes at once: what follows waits until the client has read it.
    now.news = { ...now.news, rows: [{ ...row, message: 'x'.repeat(1_000_000) }] }
    await onUiStage(
      async (stage) => {
        const client = await enter(stage)
        const path = `${stage.origin}/rollouts/2026-a/changes`
        const { messages, onMessage, ended } = stream<RolloutNews>(path, client)
        const arrived = (count: number) =>
          new Promise<void>((resolve) => {
            const look = () => messages.length >= count && resolve()
            onMessage(look)
            look()
          })
        await arrived(1)
        assert.equal(messages[0], now.news)
        const changed = { ...row, state: 'done' } as const
        now.news = { version: 2, rollout: shown, rows: [changed] }
        await arrived(2)
        assert.equal(messages[1]?.rows, [changed])
        now.news = { ...now.news, rollout: { ...shown, state: 'done', takes: [] } }
        await arrived(3)
        assert.equal([messages[2]?.rollout.state, messages[2]?.rows], ['done', []])
        now.fails = true
        await ended
        assert.is(messages.length, 3)
        const again = await client.get('/rollouts/2026-a/changes')
        assert.is(again.status, 400)
        assert.match(again.body, 'it cannot be read')
      },
      { rollouts },
    )
  })
})

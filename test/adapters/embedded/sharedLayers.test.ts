import * as assert from 'uvu/assert'
import { definePlugin, type EmbeddedEngine } from '../../../src/embedded.ts'
import { suite } from '../../support/suite.ts'
import { type Answer, call } from './call.ts'
import {
  holding,
  lines,
  pull,
  remove,
  slowly,
  statuses,
  streamError,
  withEngine,
} from './engines.ts'

const A = 'registry.test/a'
const B = 'registry.test/b'
const big = definePlugin({ layers: [30_000_000] })
const id = big.layers[0]?.digest.slice(7, 19) as string
const registries = holding({ a: big, b: big })

const names = (engine: EmbeddedEngine) => engine.plugins().map(({ Name }) => Name)
const currents = (answer: Answer) =>
  lines(answer)
    .filter(({ status }) => status === 'Downloading')
    .map(({ progressDetail }) => progressDetail?.current ?? 0)
const falls = (numbers: number[]) => numbers.some((number, at) => number < (numbers[at - 1] ?? 0))

/** A pull that hands on what it has told so far; `true` closes its connection. */
function watchedPull({ host }: EmbeddedEngine, remote: string, onData: (body: string) => boolean) {
  const path = `/plugins/pull?remote=${remote}`
  return call(host, { method: 'POST', path, body: 'null', onData })
}

suite('embedded shared layers', (test) => {
  test('a second pull follows the download of the first to its end', async () => {
    await withEngine({ registries: slowly(registries) }, async (engine) => {
      let follower: Promise<Answer> | undefined
      await watchedPull(engine, A, (body) => {
        if (body.includes('"current":')) follower ??= pull(engine, B)
        return false
      })
      const followed = currents((await follower) as Answer)
      assert.ok((followed[0] as number) > 0, 'it began where the first one was')
      assert.not(falls(followed))
      assert.equal(names(engine).sort(), ['registry.test/a:latest', 'registry.test/b:latest'])
    })
  })

  test('a second pull goes on where the first one was cut', async () => {
    await withEngine({ registries: slowly(registries) }, async (engine) => {
      let follower: Promise<Answer> | undefined
      await watchedPull(engine, A, (body) => {
        if (body.includes('"current":1')) follower ??= pull(engine, B)
        return body.includes('"current":9')
      })
      const followed = currents((await follower) as Answer)
      assert.ok((followed[0] as number) > 0, 'it began where the first one was')
      assert.not(falls(followed))
      assert.equal(names(engine), ['registry.test/b:latest'])
    })
  })

  test('a second pull that is cut leaves the first alone', async () => {
    await withEngine({ registries: slowly(registries) }, async (engine) => {
      let follower: Promise<Answer> | undefined
      await watchedPull(engine, A, (body) => {
        if (!body.includes('"current":')) return false
        follower ??= watchedPull(engine, B, (following) => following.includes('"current":'))
        return false
      })
      assert.is((await follower)?.error, 'aborted')
      assert.is(streamError(await pull(engine, B)), undefined)
    })
  })

  test('layers are there for another plugin, and every one goes with the first removal', async () => {
    await withEngine({ registries }, async (engine) => {
      await pull(engine, A)
      assert.is(statuses(await pull(engine, B), id)[0], 'Already exists')
      await remove(engine, `/plugins/${A}`)
      const again = await pull(engine, A)
      assert.is(statuses(again, id)[0], 'Waiting')
      assert.ok(currents(again).length > 0, 'it is downloaded as a whole')
    })
  })

  for (const [when, expected] of [
    ['during', 'Already exists'],
    ['after', 'Waiting'],
  ] as const) {
    test(`a layer that was given up goes with the end of every pull :: ${when} another pull`, async () => {
      const other = {
        'slow.test': { repositories: { other: { latest: definePlugin({ layers: [1e8] }) } } },
      }
      await withEngine({ registries: { ...registries, ...slowly(other) } }, async (engine) => {
        await pull(engine, A)
        let again: Promise<Answer> | undefined
        await watchedPull(engine, 'slow.test/other', () => {
          again ??= remove(engine, `/plugins/${A}`).then((removed) =>
            when === 'during' ? pull(engine, A) : removed,
          )
          return false
        })
        const during = (await again) as Answer
        const answer = when === 'during' ? during : await pull(engine, A)
        assert.is(statuses(answer, id)[0], expected)
      })
    })
  }
})

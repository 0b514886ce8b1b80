import * as assert from 'uvu/assert'
import type { OpenRun } from '../../../../adapters/journal/runJournal.ts'
import type { InstallSnapshot } from '../../../../machines/plugin-install/snapshot.ts'
import { boundedRun } from '../../../../src/command/install/journal.ts'
import { suite } from '../../../support/suite.ts'

const snapshot = {} as InstallSnapshot
const never = () => new Promise<void>(() => {})

/** A run that does this, within 20 milliseconds or not at all, and what was asked of it. */
function setUp(run: Partial<OpenRun>) {
  const asked: string[] = []
  const bounded = boundedRun(
    {
      id: '12345678',
      write(snapshot) {
        asked.push('write')
        return run.write?.(snapshot) ?? Promise.resolve()
      },
      claim(plugin) {
        asked.push('claim')
        return run.claim?.(plugin) ?? Promise.resolve()
      },
      close() {
        asked.push('close')
        return run.close?.() ?? Promise.resolve()
      },
    },
    '/far',
    { begin: 20, write: 20 },
  )
  return { bounded, asked }
}

const refusal = (promise: Promise<void>) =>
  promise.then(
    () => '',
    (error) => String(error.message),
  )

suite('boundedRun', (test) => {
  test('a folder that answers', async () => {
    const { bounded, asked } = setUp({})
    await bounded.write(snapshot)
    await bounded.write(snapshot)
    await bounded.close()
    assert.equal(asked, ['write', 'write', 'close'])
    assert.is(bounded.id, '12345678')
  })

  test('one that does not is asked no more', async () => {
    const { bounded, asked } = setUp({ write: never })
    const said = '/far has not answered for 0.02 s'
    assert.is(await refusal(bounded.write(snapshot)), said)
    assert.is(await refusal(bounded.write(snapshot)), said)
    await bounded.close()
    assert.equal(asked, ['write'])
  })

  test('one that does not answer at the end', async () => {
    const { bounded, asked } = setUp({ close: never })
    await bounded.close()
    assert.equal(asked, ['close'])
  })

  test('one that refuses is asked again', async () => {
    const refuse = () => Promise.reject(new Error('no space'))
    const { bounded, asked } = setUp({ write: refuse, close: refuse })
    assert.is(await refusal(bounded.write(snapshot)), 'no space')
    assert.is(await refusal(bounded.close()), 'no space')
    assert.equal(asked, ['write', 'close'])
  })
})

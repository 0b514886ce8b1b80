import * as assert from 'uvu/assert'
import type { OpenRun } from '../../../../adapters/journal/runJournal.ts'
import { RunInUse } from '../../../../adapters/journal/runLock.ts'
import type { InstallSnapshot } from '../../../../machines/plugin-install/snapshot.ts'
import { boundedRun, claimPlugin } from '../../../../src/command/install/journal.ts'
import { refusedWith } from '../../../support/engineFailure.ts'
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
    const said = 'the journal /far cannot be written: no space'
    assert.is(await refusal(bounded.write(snapshot)), said)
    await bounded.close()
    assert.equal(asked, ['write', 'close'])
  })

  for (const [code, words, next] of [
    ['ENOSPC', 'there is no space left on its disk', /^Make room there/],
    ['EDQUOT', "this user's quota is used up", /^Make room there/],
    ['EIO', 'its disk has failed', /^Mend that folder/],
    ['ENOENT', 'somebody has removed it', /^Mend that folder/],
  ] as const) {
    test(`one whose disk says ${code} :: in words, with a next step`, async () => {
      const failed = () => Promise.reject(Object.assign(new Error(code), { code }))
      const { bounded } = setUp({ write: failed })
      const error = await refusedWith('host-failed', () => bounded.write(snapshot))
      assert.is(error.message, `the journal /far cannot be written: ${words}`)
      assert.match(String(error.details.next), next)
    })
  }

  test('one that another process has taken over :: says so', async () => {
    const { bounded } = setUp({ write: () => Promise.reject(new RunInUse('it')) })
    const error = await bounded.write(snapshot).catch((reason: unknown) => reason)
    assert.instance(error, RunInUse)
  })
})

suite('claimPlugin', (test) => {
  test('a folder that does not answer, or none :: claims nothing, and the run may begin', async () => {
    const { bounded, asked } = setUp({ claim: never })
    assert.is(await claimPlugin(bounded, 'acme/notes:1.0'), undefined)
    assert.equal(asked, ['claim'])
    assert.is(await claimPlugin(undefined, 'acme/notes:1.0'), undefined)
  })

  test('another holder :: is named, with its run where the lock tells', async () => {
    const refused = async (...given: ConstructorParameters<typeof RunInUse>) => {
      const claim = () => Promise.reject(new RunInUse(...given))
      return (await claimPlugin(setUp({ claim }).bounded, 'acme/notes:1.0'))?.message
    }
    assert.is(await refused('process 7'), 'acme/notes:1.0 is being upgraded: process 7')
    assert.is(
      await refused('process 7', '1f0c5a9e'),
      'acme/notes:1.0 is being upgraded: run 1f0c5a9e (process 7)',
    )
  })
})

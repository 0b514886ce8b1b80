import * as assert from 'uvu/assert'
import { EngineError } from '../../../machines/errors.ts'
import { createAnswers } from '../../../src/rollout/createAnswers.ts'
import type { Question } from '../../../src/rollout/questions.ts'
import { refusedWith } from '../../support/engineFailure.ts'
import { engines } from '../../support/rolloutStage.ts'
import { suite } from '../../support/suite.ts'

const target = { id: 't0', labels: {}, access: { host: 'unix:///run/0.sock' } }

suite('answers of a worker', (test) => {
  test('a secret that it has is not in the answer, and one that is missing refuses', async () => {
    const asked: unknown[] = []
    const answer = createAnswers({
      connect: () => engines().engine(0),
      async secret(from) {
        asked.push('variable' in from ? from.variable : from.path)
        if ('path' in from) throw new EngineError('invalid-setting', 'a setting needs a file')
        return 's3cret'
      },
    })
    const plain = { name: 'A', value: '1' }
    const variable = { name: 'B', from: 'env' as const, variable: 'TOKEN' }
    const file = { name: 'C', from: 'file' as const, path: '/x' }
    assert.is(await answer({ about: 'secrets', settings: [plain, variable] }), null)
    await refusedWith('invalid-setting', () => answer({ about: 'secrets', settings: [file] }))
    assert.equal(asked, ['TOKEN', '/x'])
  })

  test('a worker without a source of secrets, and a question of a newer version', async () => {
    const answer = createAnswers({ connect: () => engines().engine(0) })
    const settings = [{ name: 'B', from: 'env' as const, variable: 'TOKEN' }]
    await refusedWith('invalid-option', () => answer({ about: 'secrets', settings }))
    for (const about of ['weather', 'toString']) {
      await refusedWith(
        'invalid-option',
        () => answer({ about } as unknown as Question),
        new RegExp(
          `^this worker is of another version, and does not know the question "${about}"$`,
        ),
      )
    }
  })

  test('the state of a plugin, whose secret settings are in no failure', async () => {
    const engineMessage = 'inspect failed with DEBUG=hunter2hunter2'
    const fleet = engines((index) => {
      if (index === 1) throw new EngineError('engine-failed', engineMessage, { engineMessage })
    })
    let closed = 0
    const answer = createAnswers({
      connect: ({ id }) => ({ ...fleet.connect({ id }), close: () => closed++ }),
    })
    const question = { about: 'plugin', target, name: 'p', secrets: ['DEBUG'] } as const
    assert.equal(await answer(question), { state: 'absent' })
    const other = { ...question, target: { ...target, id: 't1' } }
    const error = await refusedWith('engine-failed', () => answer(other))
    assert.not.match(error.message, 'hunter2')
    assert.is(closed, 2)
    fleet.close()
  })
})

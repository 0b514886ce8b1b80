import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import * as assert from 'uvu/assert'
import { type Answer, createPrompt } from '../../../src/command/install/prompt.ts'
import { suite } from '../../support/suite.ts'
import { collected } from './collect.ts'

const never = new AbortController().signal

suite('prompt', (test) => {
  const answers: [input: string, answer: Answer][] = [
    ['y\n', 'granted'],
    ['Y\n', 'granted'],
    [' y \r\n', 'granted'],
    ['y', 'granted'],
    ['n\n', 'denied'],
    ['yes\n', 'denied'],
    ['\n', 'denied'],
    ['\n\ny\n', 'denied'],
    ['', 'ended'],
    ['y'.repeat(70_000), 'denied'],
  ]
  for (const [input, answer] of answers) {
    test(`${JSON.stringify(input.slice(0, 10))} is ${answer}`, async () => {
      const { stdin, output, prompt } = setUp()
      stdin.end(input)
      assert.is(await prompt.ask('well? ', never), answer)
      assert.is(output.stream.text(), 'well? \n')
    })
  }

  test('a line without an end is no answer', async () => {
    const { stdin, prompt } = setUp()
    stdin.write('y'.repeat(70_000))
    assert.is(await prompt.ask('well? ', never), 'denied')
  })

  test('an answer that comes in pieces is one', async () => {
    const { stdin, prompt } = setUp()
    const answer = prompt.ask('well? ', never)
    stdin.write(' ')
    stdin.write('y')
    stdin.write('\n')
    assert.is(await answer, 'granted')
  })

  test('further input is the next answer', async () => {
    const { stdin, prompt } = setUp()
    stdin.write('y\nn\n')
    stdin.write('y\n')
    stdin.end()
    assert.is(await prompt.ask('', never), 'granted')
    assert.is(await prompt.ask('', never), 'denied')
    assert.is(await prompt.ask('', never), 'granted')
    assert.is(await prompt.ask('', never), 'ended')
    assert.is(await prompt.ask('', never), 'ended')
  })

  test('a terminal has shown the answer’s line break itself', async () => {
    const { stdin, output, prompt } = setUp()
    Object.assign(stdin, { isTTY: true })
    stdin.write('y\n')
    assert.is(await prompt.ask('well? ', never), 'granted')
    assert.is(output.stream.text(), 'well? ')
  })

  test('a question that is withdrawn ends its line at once', async () => {
    const { stdin, output, prompt } = setUp()
    Object.assign(stdin, { isTTY: true })
    const withdraw = new AbortController()
    const answer = prompt.ask('well? ', withdraw.signal)
    withdraw.abort()
    assert.is(output.stream.text(), 'well? \n')
    assert.is(await answer, 'cancelled')
    assert.is(await prompt.ask('again? ', withdraw.signal), 'cancelled')
    assertReleased(stdin)
  })

  test('an input that breaks has no answer', async () => {
    const { stdin, prompt } = setUp()
    const answer = prompt.ask('well? ', never)
    stdin.destroy(new Error('EIO'))
    assert.is(await answer, 'ended')
    assert.is(await prompt.ask('well? ', never), 'ended')
  })

  test('an input that has ended before, and is not closed, has no answer', async () => {
    const stdin = new PassThrough({ autoDestroy: false })
    stdin.end()
    stdin.resume()
    await once(stdin, 'end')
    assert.is(await createPrompt({ stdin }, collected(), () => {}).ask('well? ', never), 'ended')
  })

  test('a question that cannot be shown is not asked', async () => {
    const { stdin, output, prompt } = setUp()
    stdin.write('y\n')
    output.stream.destroy()
    await output.flush()
    assert.is(await prompt.ask('well? ', never), 'ended')
  })

  test('an input that gave up a line to something else has no answer', async () => {
    const { stdin, output, prompt } = setUp()
    stdin.end('secret\ny\n')
    assert.is(await prompt.takeLine(never), 'secret')
    assert.is(output.stream.text(), '')
    assert.is(await prompt.ask('well? ', never), 'taken')
    assert.is(output.stream.text(), 'well? \n')
  })

  test('a terminal that gave up a line goes on', async () => {
    const { stdin, prompt } = setUp()
    Object.assign(stdin, { isTTY: true })
    stdin.end('secret\ny\n')
    assert.is(await prompt.takeLine(never), 'secret')
    assert.is(await prompt.ask('well? ', never), 'granted')
  })

  test('characters that come in pieces are whole', async () => {
    const { stdin, prompt } = setUp()
    const answer = prompt.askText('name? ', never)
    for (const byte of Buffer.from('Zoë 🐳\n')) stdin.write(Buffer.from([byte]))
    assert.is(await answer, 'Zoë 🐳')
  })

  test('it leaves the input alone afterwards', async () => {
    const { stdin, prompt } = setUp()
    stdin.write('y\n')
    await prompt.ask('well? ', never)
    assertReleased(stdin)
  })
})

function assertReleased(stdin: PassThrough): void {
  assert.ok(stdin.isPaused())
  assert.is(stdin.listenerCount('data'), 0)
}

function setUp() {
  const stdin = new PassThrough()
  const output = collected()
  return { stdin, output, prompt: createPrompt({ stdin }, output, () => {}) }
}

import { once } from 'node:events'
import { PassThrough, Writable } from 'node:stream'
import * as assert from 'uvu/assert'
import { createOutput } from '../../../src/command/processIo.ts'
import { suite } from '../../support/suite.ts'
import { collector } from './collect.ts'

suite('output', (test) => {
  test('writes and flushes', async () => {
    const stream = collector()
    const output = createOutput(stream)
    output.write('a\n')
    output.write('b\n')
    await output.flush()
    assert.is(stream.text(), 'a\nb\n')
    assert.ok(output.isOpen)
  })

  test('a reader that goes away closes it, and what follows is dropped', async () => {
    const stream = new PassThrough()
    const output = createOutput(stream)
    const broken = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })
    stream.destroy(broken)
    await output.flush()
    assert.not.ok(output.isOpen)
    output.write('no one reads this')
    await output.flush()
    assert.is(stream.read(), null)
  })

  test('an error alone closes it: a process keeps its own streams', () => {
    const written: string[] = []
    const stream = new Writable({
      autoDestroy: false,
      decodeStrings: false,
      write(chunk, _encoding, done) {
        written.push(chunk)
        done()
      },
    })
    const output = createOutput(stream)
    output.write('a')
    stream.emit('error', new Error('write EPIPE'))
    assert.not.ok(output.isOpen)
    output.write('b')
    assert.equal(written, ['a'])
  })

  test('closing alone closes it', async () => {
    const stream = new PassThrough()
    const output = createOutput(stream)
    stream.destroy()
    await once(stream, 'close')
    assert.not.ok(output.isOpen)
  })

  test('a stream that closes while it is flushed is flushed', async () => {
    const stream = new PassThrough({ highWaterMark: 1 })
    const output = createOutput(stream)
    output.write('more than it takes')
    const flushed = output.flush()
    stream.destroy()
    await flushed
  })

  test('a stream that was closed before is closed', () => {
    const stream = new PassThrough()
    stream.destroy()
    assert.not.ok(createOutput(stream).isOpen)
  })
})

import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { type Message, readMessages } from '../../../src/viewer/readMessages.ts'
import { suite } from '../../support/suite.ts'

const encoder = new TextEncoder()

suite('readMessages', (test) => {
  test('messages arrive as they were sent, wherever the stream is cut into chunks', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ id: fc.nat(), data: fc.jsonValue() }), { maxLength: 5 }),
        fc.array(fc.nat({ max: 40 })),
        fc.constantFrom('\n', '\r\n'),
        async (sent, sizes, end) => {
          const messages = sent.map(({ id, data }) => ({ id: `${id}`, data: JSON.stringify(data) }))
          const lines = messages.flatMap(({ id, data }) => [
            ':',
            '',
            `id: ${id}`,
            `data: ${data}`,
            '',
          ])
          const text = ['retry: 500', '', ...lines, ''].join(end)
          assert.equal(await read(inChunks(encoder.encode(text), sizes)), messages)
        },
      ),
    ))

  test('several lines of data are one message, one that is cut off is dropped', async () => {
    const text = 'data: a\ndata:b\ndata\nevent: x\n\nid: 7\ndata: cut'
    assert.equal(await read([encoder.encode(text)]), [{ data: 'a\nb\n' }])
  })

  test('a line without an end is not kept whole, and costs no more than its length', async () => {
    const chunk = encoder.encode('x'.repeat(1_000))
    let given = 0
    const endless = function* () {
      for (; given < 100_000; given += 1) yield chunk
    }
    await read(endless()).then(
      () => assert.unreachable(),
      (error) => assert.instance(error, RangeError),
    )
    assert.ok(given < 20_000, `${given} chunks were read`)
  })

  test('a caller that stops ends the stream', async () => {
    let isCancelled = false
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: (controller) => controller.enqueue(encoder.encode('data: 1\n\n')),
      cancel() {
        isCancelled = true
      },
    })
    for await (const _ of readMessages(body)) break
    assert.is(isCancelled, true)
  })
})

async function read(chunks: Iterable<Uint8Array<ArrayBuffer>>): Promise<Message[]> {
  const iterator = chunks[Symbol.iterator]()
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const { value, done } = iterator.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
  })
  const messages: Message[] = []
  for await (const message of readMessages(body)) messages.push(message)
  return messages
}

function inChunks(bytes: Uint8Array<ArrayBuffer>, sizes: readonly number[]) {
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let at = 0
  for (const size of sizes) {
    chunks.push(bytes.slice(at, at + size))
    at += size
  }
  return [...chunks, bytes.slice(at)]
}

import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { JSONStreamError, jsonStream } from '../../../../adapters/engine/http/jsonStream.ts'
import type { JSONMessage } from '../../../../machines/plugin.ts'
import { readRecording, recordedBody, scenarios } from '../../../support/recordingServer.ts'
import { suite } from '../../../support/suite.ts'

async function decode(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>) {
  const messages: JSONMessage[] = []
  for await (const some of jsonStream(piecewise(chunks))) {
    assert.ok(some.length > 0, 'an empty list was yielded')
    for (const message of some) messages.push(message)
  }
  return messages
}

async function* piecewise(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>) {
  yield* chunks
}

async function failsAs(kind: JSONStreamError['kind'], chunks: Iterable<Uint8Array>) {
  const error = await decode(chunks).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof JSONStreamError, `expected a JSONStreamError, got ${error}`)
  assert.is(error.kind, kind, error.message)
  return error
}

const bytes = (text: string) => Buffer.from(text, 'utf8')

/** Recorded pulls that came to their own end, error lines included. */
const pulls = scenarios('pull')
  .map((scenario) => readRecording(scenario))
  .filter(({ response }) => response.status === 200 && !response.aborted)

/** The messages in the bytes, parsed by other means. */
function lines(body: Buffer): JSONMessage[] {
  return body
    .toString('utf8')
    .trim()
    .split('\r\n')
    .map((line) => JSON.parse(line) as JSONMessage)
}

suite('jsonStream :: recordings', (test) => {
  test('there are some', () => assert.ok(pulls.length > 40))

  for (const pull of pulls) {
    test(`${pull.scenario} :: as recorded`, async () => {
      const chunks = pull.response.chunks.map(({ data }) => bytes(data))
      assert.equal(await decode(chunks), lines(recordedBody(pull)))
    })
  }

  test('cut in two at every byte :: the same messages', async () => {
    for (const pull of shorter(pulls)) {
      const body = recordedBody(pull)
      const expected = JSON.stringify(lines(body))
      for (let cut = 0; cut <= body.length; cut++) {
        const messages = await decode([body.subarray(0, cut), body.subarray(cut)])
        if (JSON.stringify(messages) !== expected) {
          assert.unreachable(`${pull.scenario} cut at ${cut}`)
        }
      }
    }
  })

  test('byte by byte :: the same messages', async () => {
    for (const pull of shorter(pulls)) {
      const body = recordedBody(pull)
      const single = Array.from(body, (_, index) => body.subarray(index, index + 1))
      assert.equal(await decode(single), lines(body), pull.scenario)
    }
  })

  // A body without chunked encoding and Content-Length ends like one that was cut.
  test('ended after every byte :: truncated, or the whole lines before', async () => {
    for (const pull of shorter(pulls)) {
      const body = recordedBody(pull)
      const expected = lines(body)
      for (let end = 0; end < body.length; end++) {
        const part = body.subarray(0, end)
        const finished = part.toString('utf8').split('\n')
        const rest = finished.pop() ?? ''
        if (rest.trim() === '' || isWhole(rest)) {
          const whole = expected.slice(0, finished.length + (rest.trim() === '' ? 0 : 1))
          const messages = await decode([part])
          if (JSON.stringify(messages) !== JSON.stringify(whole)) {
            assert.unreachable(`${pull.scenario} ended at ${end}`)
          }
        } else {
          await failsAs('truncated', [part])
        }
      }
    }
  })
})

suite('jsonStream :: lines', (test) => {
  test('nothing', async () => assert.equal(await decode([]), []))

  test('blank lines :: are skipped', async () => {
    assert.equal(await decode([bytes('\r\n\n  \r\n{"id":"a"}\r\n\r\n\t\n{"id":"b"}\r\n \r\n')]), [
      { id: 'a' },
      { id: 'b' },
    ])
  })

  test('a last line without its line break :: counts', async () => {
    assert.equal(await decode([bytes('{"id":"a"}\r\n{"id"'), bytes(':"b"}')]), [
      { id: 'a' },
      { id: 'b' },
    ])
  })

  test('a last line that has its carriage return :: counts', async () => {
    assert.equal(await decode([bytes('{"id":"a"}\r')]), [{ id: 'a' }])
  })

  test('one list a chunk, as it arrives', async () => {
    const lists: JSONMessage[][] = []
    const chunks = [
      bytes('{"id":"a"}\n{"id":"b"}\n{"i'),
      bytes('d":"c'),
      bytes('"}\n'),
      bytes('{}'),
    ]
    for await (const list of jsonStream(piecewise(chunks))) lists.push(list)
    assert.equal(lists, [[{ id: 'a' }, { id: 'b' }], [{ id: 'c' }], [{}]])
  })

  test('unknown fields :: are kept', async () => {
    const message = {
      stream: 's',
      aux: null,
      progressDetail: { hidecounts: true },
      errorDetail: {},
    }
    assert.equal(await decode([bytes(`${JSON.stringify(message)}\n`)]), [message])
  })

  test('a character cut off at the end :: is truncated', async () => {
    const whole = bytes('{"status":"ü')
    await failsAs('truncated', [whole.subarray(0, whole.length - 1)])
    await failsAs('truncated', [Buffer.concat([bytes('{"id":"a"}'), Buffer.of(0xc3)])])
  })

  test('an end that begins like no line :: is malformed', async () => {
    await failsAs('malformed', [bytes('{}\n<html>')])
  })

  for (const line of ['{', 'Pulling', '{"a":1}{"b":2}', "{'a':1}", '\u0000', '{"a":1},']) {
    test(`${JSON.stringify(line)} :: is no JSON`, async () => {
      const error = await failsAs('malformed', [bytes(`{}\n${line}\n{}\n`)])
      assert.is(error.message, 'a line that is no JSON')
    })
  }

  for (const value of [
    null,
    7,
    'words',
    true,
    [],
    { id: 7 },
    { status: null },
    { progress: {} },
    { error: 500 },
    { progressDetail: 'half' },
    { progressDetail: null },
    { progressDetail: { current: '1' } },
    { progressDetail: { total: null } },
    { errorDetail: 'words' },
    { errorDetail: null },
    { errorDetail: { message: 7 } },
    { errorDetail: { code: '7' } },
  ]) {
    for (const end of ['\n', '']) {
      test(`${JSON.stringify(value)}${JSON.stringify(end)} :: is no message`, async () => {
        const error = await failsAs('malformed', [bytes(`${JSON.stringify(value)}${end}`)])
        assert.is(error.message, 'a line of another form')
      })
    }
  }

  test('a line of 64 KiB :: is taken', async () => {
    const status = 'x'.repeat(64 * 1024 - '{"status":""}'.length)
    const body = bytes(`${JSON.stringify({ status })}\n`)
    assert.is((await decode([body.subarray(0, 99), body.subarray(99)]))[0]?.status, status)
  })

  test('a longer line :: is refused, whole or not', async () => {
    const status = 'x'.repeat(64 * 1024 - '{"status":""}'.length + 1)
    const line = JSON.stringify({ status })
    for (const chunks of [[bytes(`${line}\n`)], [bytes(line)]]) {
      const error = await failsAs('malformed', chunks)
      assert.is(error.message, 'a line of more than 65536 characters')
    }
  })

  test('a line of 200 levels :: is taken, and one of more is refused, whatever its length', async () => {
    const nested = (levels: number, long: string) =>
      bytes(`{"aux":${'['.repeat(levels - 1)}"${long}"${']'.repeat(levels - 1)}}\n`)
    for (const long of ['', ' '.repeat(999)]) {
      assert.is((await decode([nested(200, long)])).length, 1)
      const error = await failsAs('malformed', [nested(201, long)])
      assert.is(error.message, 'a line that is nested too deep')
    }
  })

  test('an endless line :: is given up early', async () => {
    let sent = 0
    const endless = function* () {
      for (; sent < 1_000; sent++) yield Buffer.alloc(65_536, 'x')
    }
    await failsAs('malformed', endless())
    assert.ok(sent < 20, `${sent} chunks were read`)
  })

  test('an error of the source :: comes out as it is', async () => {
    const thrown = new Error('cut')
    const source = async function* () {
      yield bytes('{"id":"a"}\n{"i')
      throw thrown
    }
    assert.is(await decode(source()).catch((error: unknown) => error), thrown)
  })

  test('a reader that stops :: ends the source', async () => {
    let ended = false
    const source = async function* () {
      try {
        for (;;) yield bytes('{}\n')
      } finally {
        ended = true
      }
    }
    for await (const _ of jsonStream(source())) break
    assert.ok(ended)
  })
})

suite('jsonStream :: any messages in any chunks', (test) => {
  const text = fc.string({ unit: 'grapheme', maxLength: 20 })
  const message = fc.record(
    { id: text, status: text, progress: text, aux: fc.jsonValue({ maxDepth: 2 }) },
    { requiredKeys: [] },
  )

  test('come out as they went in', async () => {
    const input = fc.record({
      messages: fc.array(message, { maxLength: 12 }),
      ends: fc.infiniteStream(fc.constantFrom('\n', '\r\n', '\r\n\r\n', ' \n')),
      cuts: fc.array(fc.nat(2_000), { maxLength: 20 }),
      open: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(input, async ({ messages, ends, cuts, open }) => {
        const whole = messages.map((each) => JSON.stringify(each) + ends.next().value).join('')
        const body = bytes(open ? whole.trimEnd() : whole)
        const at = [
          0,
          ...cuts.map((cut) => cut % (body.length + 1)).sort((a, b) => a - b),
          body.length,
        ]
        const chunks = at.slice(1).map((end, index) => body.subarray(at[index], end))
        assert.equal(JSON.stringify(await decode(chunks)), JSON.stringify(messages))
      }),
      { numRuns: 300 },
    )
  })

  test('any bytes :: are messages or a JSONStreamError', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 60 })), async (chunks) => {
        try {
          await decode(chunks)
        } catch (error) {
          if (!(error instanceof JSONStreamError)) throw error
        }
      }),
      { numRuns: 300 },
    )
  })
})

/** The long ones say nothing new at every byte. */
function shorter(recordings: typeof pulls) {
  const short = recordings.filter((each) => recordedBody(each).length < 1_100)
  const seen = new Map(
    short.map((each) => [
      lines(recordedBody(each))
        .map(({ status, error }) => error ?? status)
        .join(),
      each,
    ]),
  )
  return [...seen.values()]
}

function isWhole(rest: string): boolean {
  try {
    JSON.parse(rest)
    return true
  } catch {
    return false
  }
}

/** One of a stream of Server-Sent Events. */
export interface Message {
  /** To resume after, where the server gave one. */
  id?: string
  data: string
}

/** Longer than any event; a stream without line breaks would be kept whole otherwise. */
const MOST_CHARACTERS = 16 * 1024 * 1024

/**
 * Reads `text/event-stream`: messages with an `id` and `data`; other fields and comments are ignored. Ends with
 * the stream, without a message that is cut off; a caller that stops cancels it.
 *
 * @throws RangeError on a message that is too long
 */
export async function* readMessages(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<Message> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let unended: string[] = []
  let length = 0
  let id: string | undefined
  let data: string[] = []
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      length += value.length
      if (length > MOST_CHARACTERS) throw new RangeError('a message is too long')
      const [first = '', ...others] = value.split('\n')
      unended.push(first)
      for (const next of others) {
        const line = unended.join('').replace(/\r$/, '')
        unended = [next]
        const [, field, content = ''] = /^(id|data)(?:: ?(.*))?$/s.exec(line) ?? []
        if (field === 'id') id = content
        if (field === 'data') data.push(content)
        if (line !== '') continue
        if (data.length > 0) {
          yield id === undefined ? { data: data.join('\n') } : { id, data: data.join('\n') }
        }
        id = undefined
        data = []
        length = next.length
      }
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}

import type { IncomingMessage } from 'node:http'

const MOST_BYTES = 64 * 1024

/**
 * The JSON object that a request holds.
 *
 * @throws RangeError when it holds none
 */
export async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  if (request.headers['content-type']?.split(';')[0] !== 'application/json') {
    throw new RangeError('the body must be application/json')
  }
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MOST_BYTES) throw new RangeError('the body is too long')
    chunks.push(chunk)
  }
  const value = parse(Buffer.concat(chunks).toString())
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RangeError('the body must be a JSON object')
  }
  return value as Record<string, unknown>
}

/** What a parser says of a broken text can show what is in it. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new RangeError('the body is no JSON')
  }
}

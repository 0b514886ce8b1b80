import type { IncomingMessage, ServerResponse } from 'node:http'
import * as v from 'valibot'

const MOST_BYTES = 64 * 1024

/** Answers with a value as JSON. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value))
}

/** The JSON object in the body of a request. @throws RangeError when it is missing */
export async function readBody(request: IncomingMessage): Promise<object> {
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
  return value
}

/** A field of a form that is invalid. */
export class FieldError extends RangeError {
  readonly field: string
  /** Of an entry, where the field is a list. */
  readonly index: number | undefined

  constructor(message: string, field: string, index?: number) {
    super(message)
    this.field = field
    this.index = index
  }
}

/** A body as its schema says. @throws FieldError with the schema's message, which quotes no value */
export function validBody<Output>(schema: v.GenericSchema<unknown, Output>, body: unknown): Output {
  const { success, output, issues } = v.safeParse(schema, body)
  if (success) return output
  const [issue] = issues
  throw new FieldError(issue.message, String(issue.path?.[0]?.key ?? ''))
}

/** The message of the parser can quote the text. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new RangeError('the body is not JSON')
  }
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import * as v from 'valibot'
import type { FlowRegistry } from './flowRegistry.ts'
import type { FlowSummary } from './flowSummary.ts'
import { readBody, sendJson, validBody } from './json.ts'
import type { Started } from './startFlow.ts'

/** A run that is no flow of this server: of another process, or of an earlier one. */
export interface PastRun extends FlowSummary {
  /** It was left before its end, or left something behind; `driven` while a process has it. */
  left?: 'left' | 'driven'
  /** Settings whose values it needs again to go on. */
  secrets?: readonly string[]
  /** Why it was taken back. */
  failure?: string
}

export interface ResumeRequest {
  rollBack: boolean
  /** Values of secret settings by their names. */
  secrets: Readonly<Record<string, string>>
}

/** The runs that were recorded. All reject with a `RangeError` where that is impossible, in words for a person. */
export interface History {
  list(): Promise<readonly PastRun[]>
  /** The events of a run that has ended, as far as they are kept. */
  events(id: string): Promise<readonly unknown[] | undefined>
  resume(id: string, request: ResumeRequest): Promise<Started>
}

const secrets = v.optional(
  v.record(v.string(), v.string(), 'secrets must be values by their names'),
  {},
)
const resumeBody = v.object({ secrets }, 'secrets must be values by their names')

/** Answers requests about recorded runs, below `/history`. @throws RangeError on a bad body */
export async function answerHistory(
  history: History,
  registry: FlowRegistry,
  [id, action]: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method } = request
  if (method === 'GET' && id === undefined) {
    return sendJson(response, 200, { runs: await history.list() })
  }
  if (method === 'GET' && id !== undefined && action === undefined) {
    const events = isId(id) ? await history.events(id) : undefined
    if (events) return sendJson(response, 200, { events })
    return sendJson(response, 404, { message: 'nothing is kept of this run' })
  }
  if (id === undefined || method !== 'POST') {
    return sendJson(response, 405, { message: 'the method is not allowed' })
  }
  if (!isId(id) || (action !== 'resume' && action !== 'rollback')) {
    return sendJson(response, 404, { message: 'not found' })
  }
  const asked = validBody(resumeBody, await readBody(request))
  const rollBack = action === 'rollback'
  const flow = await registry.start(() => history.resume(id, { ...asked, rollBack }))
  if (flow) sendJson(response, 201, { id: flow.id })
  else sendJson(response, 503, { message: 'too many flows are running' })
}

/** It becomes the name of a file. */
function isId(text: string): boolean {
  return /^[0-9a-f]{8}$/.test(text)
}

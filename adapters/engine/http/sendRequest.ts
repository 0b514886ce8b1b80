import type { Agent } from 'node:http'
import type { Readable } from 'node:stream'
import type { AxiosInstance, AxiosResponse } from 'axios'
import type { Concern, Operation } from '../words/operation.ts'
import { type Cleaner, cleanerOf } from '../words/withoutSecrets.ts'
import { type AnswerBody, answerBody } from './answerBody.ts'
import { createDeadline } from './deadline.ts'
import { refusal } from './refusal.ts'
import type { Timeouts } from './timeouts.ts'
import { isStaleSocket, toEngineError } from './toEngineError.ts'
import { transport } from './transport.ts'

export interface EngineRequest {
  operation: Operation
  /** The reference or the plugin, for messages. Default: the host. */
  subject?: string
  /** The plugin's name on the engine, where `subject` is a reference at a registry. */
  localName?: string
  method: 'GET' | 'POST' | 'DELETE'
  path: string
  /** Sent as JSON; no body and no Content-Type without it. */
  json?: unknown
  /** Value of `X-Registry-Auth`: a secret. */
  registryAuth?: string | undefined
  /** Milliseconds until the answer must begin. Default `timeouts.answer`. */
  answerWithin?: number
  /** No registry is asked, so the answer is there within `timeouts.inspect`. */
  local?: boolean
  /** Over a connection of its own. Default: of every call that changes something. */
  apart?: boolean
}

/** A 2xx answer whose body is still to be read, by exactly one of its methods. */
export interface EngineAnswer extends AnswerBody {
  header(name: string): string | undefined
  /** Takes what was sent and is secret out of what came back. `json` and `header` are without it. */
  readonly clean: Cleaner
}

export interface Wire {
  http: AxiosInstance
  /** Of the calls that have a connection of their own. */
  apart: Agent
  host: string
  timeouts: Timeouts
  /** Sent with every request, and not to be shown. */
  secrets: readonly string[]
  /** Values of `X-Registry-Auth` that were sent, the newest last: an engine may quote an older one. */
  sent: string[]
}

/** So many credentials are remembered. */
const MOST_SENT = 16

/** Sends one request, and a GET once more when the socket it was given had died in the pool. */
export async function sendRequest(
  { http, apart, host, timeouts: bounds, secrets, sent }: Wire,
  request: EngineRequest,
  signal: AbortSignal,
): Promise<EngineAnswer> {
  const { operation, subject = host, localName, registryAuth } = request
  const answerIn = request.local ? Math.min(bounds.answer, bounds.inspect) : bounds.answer
  const timeouts = { ...bounds, answer: answerIn }
  const concern: Concern = { operation, subject, host, ...(localName ? { localName } : {}) }
  const deadline = createDeadline(signal)
  remember(sent, registryAuth)
  try {
    deadline.start(request.answerWithin ?? timeouts.answer)
    const response = await exchange({ http, apart }, request, deadline.signal)
    deadline.stop()
    const body = answerBody(response.data, { concern, deadline, timeouts })
    const clean = cleanerOf(sent, secrets)
    const header = (name: string) => clean.data(stringHeader(response, name))
    if (response.status < 200 || response.status > 299 || header('content-encoding')) {
      throw await refusal({ status: response.status, header, body, concern, clean })
    }
    return { ...body, json: (read) => body.json((value) => read(clean.data(value))), header, clean }
  } catch (error) {
    deadline.dispose()
    throw toEngineError(error, concern, deadline.reason())
  }
}

async function exchange(
  { http, apart }: Pick<Wire, 'http' | 'apart'>,
  request: EngineRequest,
  signal: AbortSignal,
): Promise<AxiosResponse<Readable>> {
  const { method, path, json, registryAuth } = request
  const config = {
    method,
    url: path,
    signal,
    transport,
    headers: {
      // Without `false`, axios says of a POST without a body that it holds a form.
      'Content-Type': json === undefined ? false : 'application/json',
      ...(registryAuth === undefined ? {} : { 'X-Registry-Auth': registryAuth }),
    },
    ...(json === undefined ? {} : { data: JSON.stringify(json) }),
    ...((request.apart ?? method !== 'GET') ? { httpAgent: apart, httpsAgent: apart } : {}),
  }
  try {
    return await http.request<Readable>(config)
  } catch (error) {
    if (method === 'GET' && isStaleSocket(error)) return http.request<Readable>(config)
    throw error
  }
}

function remember(sent: string[], registryAuth: string | undefined): void {
  if (registryAuth === undefined || sent.includes(registryAuth)) return
  sent.push(registryAuth)
  if (sent.length > MOST_SENT) sent.shift()
}

function stringHeader(response: AxiosResponse, name: string): string | undefined {
  const value: unknown = response.headers[name]
  return typeof value === 'string' ? value : undefined
}

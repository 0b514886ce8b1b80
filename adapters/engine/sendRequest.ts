import type { Readable } from 'node:stream'
import type { AxiosInstance, AxiosResponse } from 'axios'
import { type AnswerBody, answerBody } from './answerBody.ts'
import { createDeadline } from './deadline.ts'
import type { Concern, Operation } from './operation.ts'
import { refusal } from './refusal.ts'
import type { Timeouts } from './timeouts.ts'
import { isStaleSocket, toEngineError } from './toEngineError.ts'

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
}

/** A 2xx answer whose body is still to be read, by exactly one of its methods. */
export interface EngineAnswer extends AnswerBody {
  header(name: string): string | undefined
}

export interface Wire {
  http: AxiosInstance
  host: string
  timeouts: Timeouts
}

/** Sends one request, and a GET once more when the socket it was given had died in the pool. */
export async function sendRequest(
  { http, host, timeouts }: Wire,
  request: EngineRequest,
  signal: AbortSignal,
): Promise<EngineAnswer> {
  const { operation, subject = host, localName, registryAuth } = request
  const concern: Concern = { operation, subject, host, ...(localName ? { localName } : {}) }
  const deadline = createDeadline(signal)
  try {
    deadline.start(request.answerWithin ?? timeouts.answer)
    const response = await exchange(http, request, deadline.signal)
    deadline.stop()
    const body = answerBody(response.data, { concern, deadline, timeouts })
    const header = (name: string) => stringHeader(response, name)
    if (response.status < 200 || response.status > 299 || header('content-encoding')) {
      throw await refusal({ status: response.status, header, body, concern, registryAuth })
    }
    return { ...body, header }
  } catch (error) {
    deadline.dispose()
    throw toEngineError(error, concern, deadline.reason())
  }
}

async function exchange(
  http: AxiosInstance,
  request: EngineRequest,
  signal: AbortSignal,
): Promise<AxiosResponse<Readable>> {
  const { method, path, json, registryAuth } = request
  const config = {
    method,
    url: path,
    signal,
    headers: {
      // Without `false`, axios says of a POST without a body that it holds a form.
      'Content-Type': json === undefined ? false : 'application/json',
      ...(registryAuth === undefined ? {} : { 'X-Registry-Auth': registryAuth }),
    },
    ...(json === undefined ? {} : { data: JSON.stringify(json) }),
  }
  try {
    return await http.request<Readable>(config)
  } catch (error) {
    if (method === 'GET' && isStaleSocket(error)) return http.request<Readable>(config)
    throw error
  }
}

function stringHeader(response: AxiosResponse, name: string): string | undefined {
  const value: unknown = response.headers[name]
  return typeof value === 'string' ? value : undefined
}

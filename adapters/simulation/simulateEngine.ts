import type { CallOptions, Engine, InputOf, OperationId } from '../../machines/engine.ts'
import { onAbort } from '../../machines/onAbort.ts'
import type { JSONMessage, Plugin } from '../../machines/plugin.ts'
import { answerRequest } from '../embedded/answerRequest.ts'
import type { EmbeddedPlugin, EmbeddedRegistry } from '../embedded/definePlugin.ts'
import type { EngineReply } from '../embedded/exchange.ts'
import { SimulatedEngine, type SimulationOptions } from '../embedded/simulatedEngine.ts'
import { API_VERSION } from '../embedded/systemAnswers.ts'
import { callOperation } from '../engine/callOperation.ts'
import { refusal } from '../engine/http/refusal.ts'
import type { EngineAnswer, EngineRequest } from '../engine/http/sendRequest.ts'
import { completeTimeouts } from '../engine/http/timeouts.ts'
import {
  cancelledBeforeSent as cancelled,
  connectionLost,
  protocolError,
} from '../engine/http/toEngineError.ts'
import { withoutDigestCrash } from '../engine/withoutDigestCrash.ts'
import { explain } from '../engine/words/explain.ts'
import type { CallContext } from '../engine/words/sentences.ts'
import { cleanerOf } from '../engine/words/withoutSecrets.ts'

/** A simulated engine that needs neither a socket nor Node.js. */
export interface Simulation {
  /** The port that a flow calls. */
  readonly engine: Engine & { readonly host: string }
  /** Copies of the plugins that are installed now. */
  plugins(): Plugin[]
  /** Has a tag name this content, as a publisher who pushes a new version, or moves the tag. */
  publish(reference: string, plugin: EmbeddedPlugin): void
  /** Changes a registry at once: `{ reachable: false }` makes it go away, also for a pull under way. */
  changeRegistry(host: string, changes: Partial<EmbeddedRegistry>): void
  /** Cuts the answers under way, as a connection that is lost: what was asked for goes on. */
  cut(): void
  /** Ends every call under way. */
  close(): void
}

const HOST = 'the simulated engine'

/**
 * Starts a simulated Docker Engine inside this program, and calls it without a connection: for a page, a webview or a
 * test. It answers as the one of `startEmbeddedEngine` does, in the same bytes. Nothing is downloaded and no plugin is run.
 */
export function simulateEngine(options: SimulationOptions = {}): Simulation {
  const closing = new AbortController()
  const simulated = new SimulatedEngine(options, closing.signal)
  let cutting = new AbortController()
  const connection = {
    host: HOST,
    timeouts: completeTimeouts(),
    send: (request: EngineRequest, signal: AbortSignal) =>
      exchange(simulated, request, signal, AbortSignal.any([cutting.signal, closing.signal])),
  }
  const called: Engine = {
    call: <Id extends OperationId>(id: Id, input: InputOf<Id>, callOptions: CallOptions) =>
      callOperation(connection, id, input, callOptions, `/v${API_VERSION}`),
  }
  return {
    engine: { ...withoutDigestCrash(called, HOST), host: HOST },
    plugins: () => simulated.store.all().map(({ plugin }) => structuredClone(plugin)),
    publish: (reference, plugin) => simulated.registries.publish(reference, plugin),
    changeRegistry: (host, changes) => simulated.registries.change(host, changes),
    cut() {
      cutting.abort()
      cutting = new AbortController()
    },
    close: () => closing.abort(),
  }
}

/** Sends one request to the engine, as `sendRequest` does over a connection. */
async function exchange(
  simulated: SimulatedEngine,
  request: EngineRequest,
  signal: AbortSignal,
  lost: AbortSignal,
): Promise<EngineAnswer> {
  const { context, method, path, registryAuth } = request
  if (signal.aborted) throw cancelled(context)
  if (lost.aborted) throw connectionLost(context)
  const { reply, answered, read } = connectReply(context, signal, lost)
  const body = async () => JSON.stringify(request.json) ?? ''
  void answerRequest(simulated, { method, url: path, auth: registryAuth, body }, reply)
  const { status, headers } = await answered
  const header = (name: string) => headers[name]
  const clean = cleanerOf(registryAuth === undefined ? [] : [registryAuth], [])
  const text = async () => {
    let whole = ''
    await read((piece) => {
      whole += piece
    })
    return whole
  }
  if (status > 299) throw await refusal(status, { header, refusalText: text, context, clean })
  return {
    context,
    header,
    clean,
    endsWithConnection: false,
    text,
    nothing: async () => void (await text()),
    json: async (take) => take(clean.data(JSON.parse(await text()))),
    refusalText: text,
    eachMessage: (_, take) =>
      read((line) => {
        take(JSON.parse(line) as JSONMessage)
      }),
    interrupted: () => connectionLost(context),
    invalid: (what) => protocolError(context, what),
    refused: (message) => explain(context, { ...message, words: clean.words(message.words) }),
  }
}

interface AnswerHead {
  status: number
  headers: Readonly<Record<string, string>>
}

/** The way back from the engine, and its other end. Each piece that the engine writes is read as one piece. */
function connectReply(context: CallContext, signal: AbortSignal, lost: AbortSignal) {
  const gone = AbortSignal.any([signal, lost])
  let begin: (head: AnswerHead) => void = () => {}
  let fail: (error: Error) => void = () => {}
  const answered = new Promise<AnswerHead>((resolve, reject) => {
    begin = resolve
    fail = reject
  })
  let pieces: ReadableStreamDefaultController<string> | undefined
  const body = new ReadableStream<string>({
    start(controller) {
      pieces = controller
    },
  })
  const breakOff = (error: Error) => {
    release()
    fail(error)
    pieces?.error(error)
  }
  const release = onAbort(gone, () =>
    breakOff(signal.aborted ? cancelled(context) : connectionLost(context)),
  )
  const reply: EngineReply = {
    gone,
    head: (status, headers) => begin({ status, headers: inLowerCase(headers) }),
    async write(text) {
      gone.throwIfAborted()
      pieces?.enqueue(text)
    },
    end(text) {
      release()
      if (gone.aborted) return
      if (text) pieces?.enqueue(text)
      pieces?.close()
    },
    drop: () => breakOff(connectionLost(context)),
  }
  const read = async (take: (piece: string) => void) => {
    const reader = body.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      take(value)
    }
  }
  return { reply, answered, read }
}

function inLowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
}

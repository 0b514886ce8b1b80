// A back end that installs one plugin and shows it: node's own HTTP server, Server-Sent Events, and a
// page with the element. Loopback only and without a login: for a try, not for a network.
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { connect, flowEvents, installPlugin } from 'docker-plugin-flow'
import { startEmbeddedEngine } from 'docker-plugin-flow/embedded'

const simulated = await startEmbeddedEngine({ pace: Number(process.env.PACE ?? 1) })
const engine = connect({ host: simulated.host })
const flow = installPlugin(engine, { reference: process.argv[2] ?? 'vieux/sshfs:latest' })
const events = flowEvents(flow, { engine: engine.host, simulated: true })
const element = await readFile(fileURLToPath(import.meta.resolve('docker-plugin-flow/viewer')))

const PAGE = `<!doctype html><html lang="en"><title>An install</title>
<main><plugin-flow src="/events"></plugin-flow></main>
<script type="module">
  import '/element.js'
  const shown = document.querySelector('plugin-flow')
  for (const action of ['grant', 'deny', 'cancel']) {
    shown.addEventListener('flow-' + action, () => fetch('/' + action, { method: 'POST' }))
  }
</script></html>`

const actions: Record<string, () => boolean> = {
  '/grant': () => flow.grant(),
  '/deny': () => flow.deny(),
  '/cancel': () => flow.cancel(),
}

const server = createServer((request, response) => {
  const { method, url = '', headers } = request
  const own = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const isOwn = headers.host === own && [undefined, `http://${own}`].includes(headers.origin)
  const action = method === 'POST' && headers.origin ? actions[url] : undefined
  if (!isOwn) response.writeHead(403).end()
  else if (action) response.writeHead(action() ? 204 : 409).end()
  else if (url === '/') send(response, 'text/html', PAGE)
  else if (url === '/element.js') send(response, 'text/javascript', element)
  else if (url === '/events') stream(response, Number(headers['last-event-id'] ?? 0))
  else response.writeHead(404).end()
})

function send(response: ServerResponse, type: string, content: string | Buffer): void {
  response.writeHead(200, { 'Content-Type': type }).end(content)
}

function stream(response: ServerResponse, after: number): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
  const subscription = events.subscribe({
    next: (event) => {
      if (event.sequence <= after) return
      response.write(`id: ${event.sequence}\ndata: ${JSON.stringify(event)}\n\n`)
    },
    complete: () => response.end(),
  })
  response.on('close', () => subscription.unsubscribe())
}

server.listen(0, '127.0.0.1')
await once(server, 'listening')
console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)

await once(process, 'SIGTERM')
flow.cancel()
await flow.result.catch(() => {})
server.close()
server.closeAllConnections()
engine.close()
await simulated.close()

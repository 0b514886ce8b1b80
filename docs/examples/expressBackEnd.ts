// A back end that installs one plugin and shows it: Express, Server-Sent Events, and a page with
// the element. Loopback only and without a login: for a try, not for a network.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { connect, flowEvents, installPlugin } from 'docker-plugin-flow'
import { startEmbeddedEngine } from 'docker-plugin-flow/embedded'
import express, { type Response } from 'express'

const simulated = await startEmbeddedEngine({ pace: Number(process.env.PACE ?? 1) })
const engine = connect({ host: simulated.host })
const flow = installPlugin(engine, { reference: process.argv[2] ?? 'vieux/sshfs:latest' })
const events = flowEvents(flow, { engine: engine.host, simulated: true })
const element = fileURLToPath(import.meta.resolve('docker-plugin-flow/viewer'))

const PAGE = `<!doctype html><html lang="en"><title>An install</title>
<main><plugin-flow src="/events"></plugin-flow></main>
<script type="module">
  import '/element.js'
  const shown = document.querySelector('plugin-flow')
  for (const action of ['grant', 'deny', 'cancel']) {
    shown.addEventListener('flow-' + action, () => fetch('/' + action, { method: 'POST' }))
  }
</script></html>`

const app = express().disable('x-powered-by')
const server = app.listen(0, '127.0.0.1')
await once(server, 'listening')
const own = `127.0.0.1:${(server.address() as AddressInfo).port}`

// Any client that gets through can install what is root on the host: no other site may, nor may a name that
// somebody else points here.
app.use(({ method, headers: { host, origin } }, response, next) => {
  const isOwn = host === own && (origin === `http://${own}` || (method === 'GET' && !origin))
  if (isOwn) next()
  else response.sendStatus(403)
})
app.get('/', (_, response) => response.type('html').send(PAGE))
app.get('/element.js', (_, response) => response.sendFile(element, { dotfiles: 'allow' }))
app.post('/grant', (_, response) => answer(response, flow.grant()))
app.post('/deny', (_, response) => answer(response, flow.deny()))
app.post('/cancel', (_, response) => answer(response, flow.cancel()))
app.get('/events', (request, response) => {
  const after = Number(request.headers['last-event-id'] ?? 0)
  response.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
  const subscription = events.subscribe({
    next: (event) => {
      if (event.sequence <= after) return
      response.write(`id: ${event.sequence}\ndata: ${JSON.stringify(event)}\n\n`)
    },
    complete: () => response.end(),
  })
  response.on('close', () => subscription.unsubscribe())
})
console.log(`http://${own}/`)

/** 409: no question is open. */
function answer(response: Response, accepted: boolean) {
  response.sendStatus(accepted ? 204 : 409)
}

await once(process, 'SIGTERM')
flow.cancel()
await flow.result.catch(() => {})
server.close()
server.closeAllConnections()
engine.close()
await simulated.close()

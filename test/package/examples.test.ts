import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import * as assert from 'uvu/assert'
import { startEmbeddedEngine } from '../../src/embedded.ts'
import { suite } from '../support/suite.ts'
import { type Consumer, makeConsumer } from './consumer.ts'

const root = join(import.meta.dirname, '../..')
const folder = join(root, 'docs/examples')
const sources = readdirSync(folder).filter((name) => /\.tsx?$/.test(name))
const LIMIT_MS = 60_000
const LONGEST = 80

/** The privileges that the plugin asks for, and that are allowed in the script's test. */
const SSHFS = ['network:host', 'device:/dev/fuse', 'mount:*', 'mount:/**', 'capabilities:*']

suite('examples', (test) => {
  let consumer: Consumer
  let compiled: Awaited<ReturnType<typeof run>>
  test.before(async () => {
    consumer = makeConsumer()
    writeFileSync(join(consumer.folder, 'package.json'), '{"type":"module"}')
    for (const name of sources) copyFileSync(join(folder, name), join(consumer.folder, name))
    const options = '--module nodenext --strict --target es2023 --jsx react-jsx --types node'
    compiled = await run(join(root, 'node_modules/typescript/bin/tsc'), [
      ...options.split(' '),
      '--skipLibCheck',
      ...sources,
    ])
  })
  test.after(() => consumer.remove())

  test('each compiles, against the packed types', () => {
    assert.is(compiled.code, 0, compiled.stdout)
  })

  for (const name of sources) {
    test(`${name} :: short, and listed`, () => {
      const lines = readFileSync(join(folder, name), 'utf8').split('\n').length - 1
      assert.ok(lines <= LONGEST, `${lines} lines`)
      assert.match(readFileSync(join(folder, 'README.md'), 'utf8'), `](${name})`)
    })
  }

  test('expressBackEnd.ts :: serves the element, and installs what is granted', async () => {
    const running = start('expressBackEnd.js', [])
    const closed = once(running, 'close')
    running.stderr.pipe(process.stderr)
    try {
      const [url] = (await once(createInterface(running.stdout), 'line')) as [string]
      const { origin } = new URL(url)
      assert.match(await (await fetch(url)).text(), '<plugin-flow src="/events">')
      const element = await fetch(`${origin}/element.js`)
      assert.match(element.headers.get('content-type') ?? '', 'javascript')
      assert.match(await element.text(), 'plugin-flow')
      const post = (headers: Record<string, string>) =>
        fetch(`${origin}/grant`, { method: 'POST', headers })
      assert.is((await post({})).status, 403, 'without an origin')
      assert.is((await post({ origin: 'http://127.0.0.1:1' })).status, 403, 'from another page')
      const told = await granted(origin)
      assert.match(told, '"to":"done"')
      assert.is((await post({ origin })).status, 409, 'when it is over')
    } finally {
      running.kill('SIGTERM')
    }
    assert.equal(await closed, [0, null])
  })

  test('reactInstall.tsx :: renders, on a server, a live flow from its first state to its last', async () => {
    writeFileSync(join(consumer.folder, 'render.mjs'), RENDER)
    const { code, stdout, stderr } = await run('render.mjs', ['vieux/sshfs:latest', 'grant'])
    assert.is(code, 0, stderr)
    const { states, asked, last } = JSON.parse(stdout)
    assert.equal(states, [
      'checkPrivileges',
      'awaitConsent',
      'pulling.streaming',
      'pulling.verifying',
      'enabling',
      'done',
    ])
    assert.match(asked, 'vieux/sshfs:latest asks for:')
    assert.match(asked, '<li>device: /dev/fuse</li>')
    assert.match(asked, '<button type="submit">Grant</button>')
    assert.match(last, '<section aria-busy="false"><h2>done</h2>')
    assert.match(last, '<progress aria-label="Download" max="100" value="100">')
    assert.not.match(last, /<button|alert/)
  })

  test('reactInstall.tsx :: renders, on a server, why a flow was taken back', async () => {
    writeFileSync(join(consumer.folder, 'render.mjs'), RENDER)
    const { code, stdout, stderr } = await run('render.mjs', ['vieux/sshfs:latest', 'deny'])
    assert.is(code, 0, stderr)
    const { states, last } = JSON.parse(stdout)
    assert.equal(states, ['checkPrivileges', 'awaitConsent', 'rolledBack'])
    assert.match(last, '<p role="alert">')
  })

  test('policyInstall.ts :: installs what the policy allows, one line a transition', async () => {
    const { code, stdout, stderr } = await underPolicy(SSHFS, 'vieux/sshfs:latest')
    assert.is(code, 0, stderr)
    assert.equal(stdout.trim().split('\n'), [
      'checkPrivileges (xstate.init)',
      'awaitConsent (xstate.done.actor.lookUpPlugin)',
      'pulling.streaming (xstate.done.actor.decideConsent)',
      'pulling.verifying (xstate.done.actor.pluginPull)',
      'enabling (xstate.done.actor.pluginInspect)',
      'done (xstate.done.actor.pluginEnable)',
      'installed vieux/sshfs:latest',
    ])
  })

  test('policyInstall.ts :: denies a plugin that wants more, and leaves nothing', async () => {
    const allowed = SSHFS.filter((pattern) => !pattern.startsWith('device'))
    const { code, stdout, stderr, plugins } = await underPolicy(allowed, 'vieux/sshfs:latest')
    assert.is(code, 3, stderr)
    assert.match(stdout, /^rolledBack \(xstate\.done\.actor\.decideConsent\)$/m)
    assert.match(stderr, 'consent-denied')
    assert.match(stderr, 'device:/dev/fuse')
    assert.is(plugins, 0)
  })

  test('policyInstall.ts :: fails where the plugin is not there', async () => {
    const { code, stderr } = await underPolicy(SSHFS, 'vieux/nosuch:latest')
    assert.is(code, 1)
    assert.match(stderr, /^(not-found|unauthorized): /)
  })

  /** The script, on an engine that it is given as every client of Docker is. */
  async function underPolicy(allow: string[], reference: string) {
    const engine = await startEmbeddedEngine({ pace: 0 })
    try {
      const policy = { version: 1, rules: [{ reference: 'vieux/*:*', allow }] }
      writeFileSync(join(consumer.folder, 'policy.json'), JSON.stringify(policy))
      const args = ['policy.json', reference]
      const ran = await run('policyInstall.js', args, { DOCKER_HOST: engine.host })
      return { ...ran, plugins: engine.plugins().length }
    } finally {
      await engine.close()
    }
  }

  async function run(script: string, args: string[], env: Record<string, string> = {}) {
    const child = start(script, args, env)
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ])
    return { code, stdout, stderr }
  }

  function start(script: string, args: string[], env: Record<string, string> = {}) {
    return spawn(process.execPath, [script, ...args], {
      cwd: consumer.folder,
      env: { ...process.env, PACE: '0', DOCKER_CONFIG: join(consumer.folder, 'none'), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
    })
  }
})

/** Renders the components whenever the flow has changed, as a server would, and answers. */
const RENDER = `
import { connect, installPlugin } from 'docker-plugin-flow'
import { startEmbeddedEngine } from 'docker-plugin-flow/embedded'
import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { Install } from './reactInstall.js'

const [reference, answer] = process.argv.slice(2)
const simulated = await startEmbeddedEngine({ pace: 0 })
const engine = connect({ host: simulated.host })
const flow = installPlugin(engine, { reference })
const render = () => renderToStaticMarkup(createElement(Install, { flow }))
const states = []
let asked = ''
flow.transition$.subscribe(() => states.push(/<h2>(.*?)<.h2>/.exec(render())[1]))
flow.consent$.subscribe((request) => {
  asked = render()
  flow[answer](...(answer === 'grant' ? [request] : [undefined, request]))
})
await flow.result.catch(() => {})
console.log(JSON.stringify({ states, asked, last: render() }))
engine.close()
await simulated.close()
`

/** Everything the stream tells, when the privileges are granted as soon as they are asked for. */
async function granted(origin: string): Promise<string> {
  const signal = AbortSignal.timeout(LIMIT_MS)
  const { body } = await fetch(`${origin}/events`, { signal })
  let told = ''
  let isAsked = false
  for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    told += chunk
    if (isAsked || !told.includes('"type":"consent"')) continue
    isAsked = true
    const { status } = await fetch(`${origin}/grant`, { method: 'POST', headers: { origin } })
    assert.is(status, 204)
  }
  return told
}

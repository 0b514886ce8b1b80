import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'
import { type Consumer, makeConsumer } from './consumer.ts'

const compiler = join(import.meta.dirname, '../../node_modules/typescript/bin/tsc')
const OPTIONS =
  '--noEmit --strict --module nodenext --target es2023 --lib es2023,dom --jsx react-jsx'

const react = (attributes: string) => `
import type {} from 'docker-plugin-flow/viewer/react'
export const shown = <plugin-flow src="/events" theme="dark" compact ${attributes} />
`
const dom = (code: string) => `
import 'docker-plugin-flow/viewer'
const element = document.querySelector('plugin-flow')
element?.load({})
${code}
`
const vue = (props: string) => `
import type { GlobalComponents } from 'vue'
import type {} from 'docker-plugin-flow/viewer/vue'
const props: InstanceType<GlobalComponents['plugin-flow']>['$props'] = { src: '/events', ${props} }
console.log(props)
`

suite('types of the element', (test) => {
  let consumer: Consumer
  test.before(() => {
    consumer = makeConsumer()
    writeFileSync(join(consumer.folder, 'package.json'), '{"type":"module"}')
  })
  test.after(() => consumer.remove())

  const compile = (name: string, text: string) => {
    writeFileSync(join(consumer.folder, name), text)
    const args = [compiler, ...OPTIONS.split(' '), '--skipLibCheck', name]
    return spawnSync(process.execPath, args, { cwd: consumer.folder, encoding: 'utf8' }).stdout
  }

  const cases: [what: string, file: string, right: string, wrong: string, error: RegExp][] = [
    [
      'a page',
      'dom.ts',
      dom("element?.addEventListener('flow-grant', (event) => event.detail.request.id.toFixed())"),
      dom("element?.addEventListener('flow-grant', (event) => event.detail.reqest)"),
      /'reqest' does not exist/,
    ],
    [
      'what is around it, for events bubble',
      'around.ts',
      dom("document.addEventListener('flow-authenticate', (event) => event.detail.username)"),
      dom("document.addEventListener('flow-authenticate', (event) => event.detail.user)"),
      /'user' does not exist/,
    ],
    [
      'React',
      'page.tsx',
      react('onflow-deny={(event) => event.detail.request.id.toFixed()}'),
      react('src={1}'),
      /'number' is not assignable to type 'string/,
    ],
    [
      'Vue',
      'vue.ts',
      vue('compact: true, onFlowGrant: (event) => event.detail.request.id.toFixed()'),
      vue("theme: 'pink'"),
      /"pink"' is not assignable/,
    ],
  ]
  for (const [what, file, right, wrong, error] of cases) {
    test(`${what} :: its properties and events have types`, () => {
      assert.is(compile(file, right), '')
      assert.match(compile(file, wrong), error)
    })
  }
})

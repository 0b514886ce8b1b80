import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { PluginFlowElement } from '../../src/viewer.ts'
import { axeViolations } from './world/axeViolations.ts'
import { browserSuite } from './world/browserSuite.ts'
import { onPage } from './world/onPage.ts'

const SSHFS = 'vieux/sshfs:latest'
const manifest = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../docs/custom-elements.json'), 'utf8'),
)
const [declared] = manifest.modules[0].declarations

browserSuite('page :: embedded element', (test, browser) => {
  test('compact :: the question and the outcome, without chart and timeline', () =>
    onPage(browser(), async ({ page, flow, install, state, screenshot }) => {
      await install(SSHFS)
      await flow.getByRole('button', { name: /^Grant/ }).waitFor()
      await flow.evaluate((node) => {
        ;(node as PluginFlowElement).compact = true
      })
      assert.is(await flow.getAttribute('compact'), '')
      assert.is(await flow.locator('.chart').isVisible(), false)
      assert.is(await flow.locator('.timeline').isVisible(), false)
      assert.equal(await axeViolations(page), [])
      await screenshot('compact-1200-light')
      await flow.getByRole('button', { name: /^Grant/ }).click()
      await state('done')
      assert.is(await flow.locator('.outcome').isVisible(), true)
    }))

  test('texts :: by words or a function, as text, before and while a question is open', () =>
    onPage(browser(), async ({ flow, install }) => {
      await install(SSHFS)
      await flow.getByRole('button', { name: /^Grant/ }).waitFor()
      await flow.evaluate((node) => {
        ;(node as PluginFlowElement).texts = { Deny: '<b>Ablehnen</b>', Timeline: 'Verlauf' }
      })
      await flow.getByRole('button', { name: '<b>Ablehnen</b>', exact: true }).waitFor()
      assert.is(await flow.locator('.timeline h3').textContent(), 'Verlauf')
      await flow.evaluate((node) => {
        ;(node as PluginFlowElement).texts = (text) => (text === 'Deny' ? 'Refuser' : text)
      })
      await flow.getByRole('button', { name: 'Refuser', exact: true }).click()
      await flow.locator('.outcome.stopped').waitFor()
      assert.is(await flow.locator('.timeline h3').textContent(), 'Timeline')
    }))

  test('the manifest :: the members, parts and custom properties that it names are there', () =>
    onPage(browser(), async ({ flow, install, state }) => {
      await install(SSHFS)
      const part = (name: string) =>
        flow.locator(`[part=${name}]`).first().waitFor({ state: 'attached' })
      const parts = declared.cssParts.map(({ name }: { name: string }) => name)
      assert.ok(parts.length > 6, `${parts}`)
      await part('question')
      await flow.getByRole('button', { name: /^Grant/ }).click()
      await state('done')
      for (const name of parts) if (name !== 'question') await part(name)
      const there = await flow.evaluate((node) => {
        const prototype = Object.getPrototypeOf(node)
        const own = [...Object.getOwnPropertyNames(prototype), ...Object.keys(node)]
        return own.filter((name) => !/Callback$|^constructor$/.test(name)).sort()
      })
      const members = declared.members.map(({ name }: { name: string }) => name)
      assert.equal(members.sort(), there)
      const colour = await flow.evaluate((node) => {
        ;(node as HTMLElement).style.setProperty('--good', 'rgb(1, 2, 3)')
        const title = node.shadowRoot?.querySelector('.outcome h3')
        return title && getComputedStyle(title).color
      })
      assert.is(colour, 'rgb(1, 2, 3)')
      const properties = declared.cssProperties.map(({ name }: { name: string }) => name)
      assert.ok(properties.includes('--good') && properties.includes('--plugin-flow-max-height'))
      const undescribed = [...declared.cssProperties, ...declared.members, ...declared.events]
        .filter(({ description }) => !description)
        .map(({ name }) => name)
      assert.equal(undescribed, [])
    }))
})

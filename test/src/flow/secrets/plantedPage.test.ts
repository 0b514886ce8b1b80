import * as assert from 'uvu/assert'
import { connect } from '../../../../src/flow/connect.ts'
import { startsOn } from '../../../../src/ui/startFlow.ts'
import { startUi } from '../../../../src/ui/startUi.ts'
import { searchFor } from '../../../support/findSecrets.ts'
import { suite } from '../../../support/suite.ts'
import { enter, stream } from '../../ui/uiStage.ts'
import type { Quoting } from './quotingEngine.ts'
import { onQuoting, REFERENCE, secrets, wasSent } from './quotingGround.ts'

suite('planted secrets :: the page', (test) => {
  for (const quoting of [{}, { lies: true }, { fails: 'pull' }] as Quoting[]) {
    test(`an engine that ${JSON.stringify(quoting)} :: in none of its answers`, () =>
      onQuoting({ ...quoting, accepts: secrets['the password'] }, async (ground, server) => {
        const search = searchFor(secrets)
        const engine = connect({ host: server.host, env: ground.env })
        const files = new Map()
        const ui = await startUi({
          engine,
          host: engine.host,
          starts: startsOn(engine),
          simulated: false,
          port: 0,
          files,
        })
        try {
          const origin = new URL(ui.url).origin
          const client = await enter({ ui, origin } as never)
          const id = await client.install({
            reference: REFERENCE,
            settings: [`TOKEN=${secrets['the setting']}`],
          })
          const events = stream(`${origin}/flows/${id}/events`, client)
          await events.seen('credentials')
          const credentials = { username: 'alice', password: secrets['the password'] }
          const answers = [await client.post(`/flows/${id}/credentials`, credentials)]
          // A privilege that holds a secret is refused before the question.
          if (!quoting.lies) {
            const asked = await events.seen('consent')
            const request = asked.type === 'consent' ? asked.request.id : 0
            answers.push(await client.post(`/flows/${id}/grant`, { request }))
          }
          await events.ended
          answers.push(await client.get('/flows'), await client.get('/about'))
          search.look('answers', answers)
          search.look('events', events.events)
          assert.equal(
            answers.map(({ status }) => status),
            quoting.lies ? [204, 200, 200] : [204, 204, 200, 200],
          )
          assert.ok(events.events.some(({ type }) => type === 'outcome'))
          // A setting that is not secret may be shown where the engine quotes it.
          const found = search.found.filter((each) => !each.startsWith('the setting'))
          assert.equal(found, [])
          assert.ok(wasSent(server).includes(JSON.stringify(secrets['the password']).slice(1, -1)))
        } finally {
          await ui.close()
          engine.close()
        }
      }))
  }
})

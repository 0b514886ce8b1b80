import { userInfo } from 'node:os'
import { firstValueFrom } from 'rxjs'
import * as assert from 'uvu/assert'
import type { ConsentRecord } from '../../../../machines/consent.ts'
import { allowList } from '../../../../src/flow/consent/allowList.ts'
import { parseConsentPolicy } from '../../../../src/flow/consent/consentPolicyFile.ts'
import { onStage } from '../../../support/embedded.ts'
import { suite } from '../../../support/suite.ts'
import { onStage as onCommand } from '../../command/stage.ts'

const reference = 'vieux/sshfs:latest'
const allowed = ['network:host', 'mount:/var/lib/docker/plugins', 'mount:', 'device:/dev/fuse']
const allow = [...allowed, 'capabilities:CAP_SYS_ADMIN']

/** Who, and when: within this test. */
function checkRecord(record: ConsentRecord, wanted: Pick<ConsentRecord, 'by' | 'who'>): void {
  const { by, who } = record
  assert.equal(who === undefined ? { by } : { by, who }, wanted)
  const age = Date.now() - Date.parse(record.at)
  assert.ok(age >= 0 && age < 60_000, record.at)
  assert.is(new Date(record.at).toISOString(), record.at)
}

suite('the record of a consent', (test) => {
  test('a person whom the host names :: in the outcome and in the snapshot', () =>
    onStage(async ({ install }) => {
      const settings = ['sshkey.source=/keys']
      const flow = install({ reference, settings })
      const request = await firstValueFrom(flow.consent$)
      assert.ok(flow.grant(request, 'ada'))
      const { consent } = await flow.result
      checkRecord(consent, { by: 'person', who: 'ada' })
      assert.equal(consent.request, request)
      assert.equal(request.settings, [
        { name: 'sshkey', field: 'source', value: '/keys', widens: true },
      ])
      assert.match(request.digest ?? '', /^sha256:[0-9a-f]{64}$/)
      assert.equal(flow.snapshot().run.consent, consent)
    }))

  test('a person without a name', () =>
    onStage(async ({ install }) => {
      const flow = install({ reference })
      await firstValueFrom(flow.consent$)
      assert.ok(flow.grant())
      checkRecord((await flow.result).consent, { by: 'person' })
    }))

  test('policies, by their own names', () =>
    onStage(async ({ install }) => {
      const named = { granted: true, who: 'the board' }
      const rules = [
        { reference: 'other/*', allow: ['network:host'] },
        { reference: 'vieux/*', allow: allow.slice(0, 2) },
        { reference: 'vieux/sshfs:*', allow: allow.slice(2) },
      ]
      const policies = [
        [() => named, 'the board'],
        [allowList(allow), 'allow-list'],
        [parseConsentPolicy(JSON.stringify({ version: 1, rules })), 'rule 2, rule 3'],
      ] as const
      for (const [index, [consent, who]] of policies.entries()) {
        const plugin = await install({ reference, consent, alias: `p${index}` }).result
        checkRecord(plugin.consent, { by: 'policy', who })
      }
    }))

  test('everything granted beforehand, and a plugin that asks for nothing', () =>
    onStage(async ({ install }) => {
      const granted = await install({ reference, grantAllPermissions: true }).result
      checkRecord(granted.consent, { by: 'grantAllPermissions' })
      const plain = await install({ reference: 'acme/plain' }).result
      checkRecord(plain.consent, { by: 'nobody' })
    }))

  test('the command names its user, or the option that has answered', () =>
    onCommand(async ({ run, command }) => {
      const consentOf = (stdout: string) =>
        JSON.parse(stdout.trim().split('\n').at(-1) ?? '').plugin.consent
      const asked = run('--json', reference)
      asked.stdin.write('y\n')
      await asked.code
      checkRecord(consentOf(asked.stdout.text()), { by: 'person', who: userInfo().username })
      const allows = allow.flatMap((pattern) => ['--allow', pattern])
      const listed = await command('install', '--json', '--alias', 'b', reference, ...allows)
      checkRecord(consentOf(listed.stdout), { by: 'policy', who: '--allow (allow-list)' })
    }))
})

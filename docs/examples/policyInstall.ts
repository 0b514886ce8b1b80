// Installs a plugin unattended: what the policy does not allow is denied, and what fails
// is taken back. Exit status 0: installed, 3: denied, 1: anything else.
//
//   node policyInstall.js policy.json vieux/sshfs:latest
import { readFile } from 'node:fs/promises'
import { connect, installPlugin, isInstallError, parseConsentPolicy } from 'docker-plugin-flow'

const [policy, reference] = process.argv.slice(2)
if (!policy || !reference) throw new Error('usage: policyInstall POLICY REFERENCE')
const consent = parseConsentPolicy(await readFile(policy, 'utf8'))

const engine = connect()
// Credentials cannot be entered: those that Docker has are used, and there are no others.
const flow = installPlugin(engine, { reference, consent, credentials: () => undefined })
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => flow.cancel())
flow.transition$.subscribe(({ to, event }) => console.log(`${to} (${event.type})`))

try {
  const plugin = await flow.result
  console.log(`installed ${plugin.name}`)
} catch (error) {
  if (!isInstallError(error)) throw error
  console.error(`${error.code}: ${error.message}\n${error.next}`)
  if (error.rollback.result === 'failed') console.error(`left over: ${error.rollback.command}`)
  process.exitCode = error.code === 'consent-denied' ? 3 : 1
} finally {
  engine.close()
}

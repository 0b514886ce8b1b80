import * as assert from 'uvu/assert'
import { canonicalName, parseReference } from '../../machines/reference.ts'
import { referenceOracle, remotesOf } from '../oracle/askReference.ts'
import { dockerCommand, dockerVersion } from '../oracle/dockerCommand.ts'
import { someReferences } from '../oracle/someReferences.ts'
import { withTool } from '../support/optionalTool.ts'
import { suite } from '../support/suite.ts'

const COUNT = 40
const SEED = 20_101_024

suite('reference :: as the Docker command that is here', (test) => {
  withTool(
    test,
    'docker',
    (docker) => {
      test(`${COUNT} generated references`, async () => {
        const references = someReferences(COUNT, SEED)
        const oracle = referenceOracle(dockerCommand(docker))
        const remotes = await remotesOf(oracle, references).finally(oracle.close)
        assert.ok(remotes.filter((remote) => remote !== null).length > 5)
        for (const [index, reference] of references.entries()) {
          const parsed = parseReference(reference)
          const read = typeof parsed === 'string' ? null : canonicalName(parsed)
          assert.is(read, remotes[index], JSON.stringify(reference))
        }
      })
    },
    (docker) => dockerVersion(docker).isFit,
  )
})

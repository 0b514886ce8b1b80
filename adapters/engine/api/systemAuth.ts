import { EngineError } from '../../../machines/errors.ts'
import { textOfAuth } from '../words/withoutSecrets.ts'
import { type Operation, plainName } from './operation.ts'
import { fields } from './shape.ts'

/** `POST /auth`, which takes in its body what other operations take in a header. */
export const systemAuth: Operation<'systemAuth'> = {
  kind: 'look',
  method: 'POST',
  path: ({ remote }) => {
    plainName(remote)
    return '/auth'
  },
  body: (_, { registryAuth = '' }) => readAuth(registryAuth),
  subject: ({ remote }) => remote,
  // A request that is no GET is not repeated where its connection has died meanwhile.
  dedicatedConnection: true,
  // An identity token in the answer is a secret, and is left where it is.
  read: (answer) => answer.json((value) => void fields(value, 'the answer')),
}

/**
 * The credentials in a value of `X-Registry-Auth`.
 *
 * @throws EngineError `unauthorized`, unsent, for a token that an engine does not check but ignores
 */
function readAuth(registryAuth: string): unknown {
  const credentials = JSON.parse(textOfAuth(registryAuth) || '{}')
  if (!('registrytoken' in credentials)) return credentials
  throw new EngineError('unauthorized', 'an engine cannot check a registrytoken', { unsent: true })
}

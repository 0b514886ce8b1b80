import { EngineError } from '../../../machines/errors.ts'
import type { CallContext } from '../words/sentences.ts'
import { type Operation, plainName } from './operation.ts'
import { fields, name, text, wrong } from './shape.ts'

/** The form of a digest, in the words of the image specification: algorithm, colon, hexadecimal. */
export const DIGEST = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-fA-F]{32,}$/

/** Of several platforms' content: an index of OCI, and the list that Docker had before. */
const INDEX =
  /^application\/vnd\.(?:oci\.image\.index\.v1|docker\.distribution\.manifest\.list\.v2)\+json$/

/**
 * `GET /distribution/{name}/json`: the digest behind a reference, and why it cannot be had. It tells
 * what `getPluginPrivileges` hides, for plugins as for images. Rejects with `not-a-plugin` for an index,
 * behind which no engine looks for a plugin.
 */
export const distributionInspect: Operation<'distributionInspect'> = {
  kind: 'look',
  method: 'GET',
  path: ({ remote }) => `/distribution/${plainName(remote)}/json`,
  subject: ({ remote }) => remote,
  read: (answer) =>
    answer.json((value) => {
      const descriptor = fields(fields(value, 'the answer').Descriptor, 'Descriptor')
      if (INDEX.test(text(descriptor.mediaType, 'Descriptor.mediaType')))
        throw indexed(answer.context)
      const digest = name(descriptor.digest, 'Descriptor.digest')
      return DIGEST.test(digest) ? { digest } : wrong('Descriptor.digest', 'a digest')
    }),
}

function indexed({ operation, subject }: CallContext): EngineError {
  return new EngineError(
    'not-a-plugin',
    `${subject} is an index of several platforms (a multi-platform image), which no engine installs as a plugin`,
    {
      operation,
      next: 'Ask the publisher for a reference of the plugin for the platform of the engine: a tag of its own, or a digest.',
    },
  )
}

import type { Operation } from './operation.ts'
import { plainName } from './plainName.ts'
import { fields, name, wrong } from './shape.ts'

/** The form of a digest, in the words of the image specification: algorithm, colon, hexadecimal. */
export const DIGEST = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-fA-F]{32,}$/

/**
 * `GET /distribution/{name}/json`: the digest behind a reference, and why it cannot be had. It tells
 * what `getPluginPrivileges` hides, for plugins as for images.
 */
export const distributionInspect: Operation<'distributionInspect'> = {
  kind: 'look',
  method: 'GET',
  path: ({ remote }) => `/distribution/${plainName(remote)}/json`,
  subject: ({ remote }) => remote,
  read: (answer) =>
    answer.json((value) => {
      const descriptor = fields(fields(value, 'the answer').Descriptor, 'Descriptor')
      const digest = name(descriptor.digest, 'Descriptor.digest')
      return DIGEST.test(digest) ? { digest } : wrong('Descriptor.digest', 'a digest')
    }),
}

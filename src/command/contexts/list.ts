import { listSelectable } from '../../../adapters/docker/selectEngine.ts'
import { isEngineError } from '../../../machines/errors.ts'
import { compareNaturally } from '../../text/compareNaturally.ts'
import { visible } from '../../text/visible.ts'
import type { Run } from '../commandEntry.ts'
import type { ContextListCommand } from '../entries/contextLs.ts'
import { type Listing, listFormat } from '../listFormat.ts'

/** What a listing tells of a context, in the words of Docker's own command. */
interface ListedContext {
  Current: boolean
  Description: string
  DockerEndpoint: string
  Error: string
  Name: string
}

const listing: Listing<ListedContext> = {
  header: {
    Current: 'CURRENT',
    Description: 'DESCRIPTION',
    DockerEndpoint: 'DOCKER ENDPOINT',
    Error: 'ERROR',
    Name: 'NAME',
  },
  columns: '{{.Name}}\t{{.Description}}\t{{.DockerEndpoint}}\t{{.Error}}',
  quiet: '{{.Name}}',
}

/** `plugin-flow context ls`: as `docker context ls`, and it says which variable decides. */
export const list: Run<ContextListCommand> = async (command, { env }, { stdout, stderr }) => {
  const format = listFormat(listing, command)
  const isTable = !command.quiet && ['', 'table'].includes(command.format)
  try {
    const { contexts, inForce } = listSelectable(env)
    const listed = contexts
      .map((context): ListedContext => {
        const isCurrent = context.name === inForce.context
        return {
          Current: isCurrent,
          Description: context.description,
          DockerEndpoint: context.host,
          Error: context.error,
          Name: isTable && isCurrent ? `${context.name} *` : context.name,
        }
      })
      .toSorted((one, other) => compareNaturally(one.Name, other.Name))
    stdout.write(
      format(listed)
        .map((line) => `${isTable ? line.trimEnd() : line}\n`)
        .join(''),
    )
    if (isTable && inForce.by.startsWith('DOCKER_')) {
      stderr.write(`plugin-flow: ${inForce.by} decides which engine is in force\n`)
    }
    return 0
  } catch (error) {
    if (!isEngineError(error)) throw error
    stderr.write(`plugin-flow: ${visible(error.message)}\n`)
    return 1
  }
}

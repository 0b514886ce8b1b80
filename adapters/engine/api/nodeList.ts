import type { Operation } from './operation.ts'
import { fields, listOrNull, name, text } from './shape.ts'

/** More than a swarm is built of. */
const MOST_NODES = 20_000

/** `GET /nodes`, which only a manager of a swarm answers. */
export const nodeList: Operation<'nodeList'> = {
  kind: 'look',
  method: 'GET',
  path: () => '/nodes',
  read: (answer) =>
    answer.json((value) => listOrNull(value, 'the answer', readNode, MOST_NODES) ?? []),
}

function readNode(value: unknown, at: string) {
  const { ID, Spec, Description, Status } = fields(value, at)
  const { Role, Labels } = fields(Spec ?? {}, `${at}.Spec`)
  const labels = Object.entries(fields(Labels ?? {}, `${at}.Spec.Labels`))
  return {
    id: name(ID, `${at}.ID`),
    hostname: text(
      fields(Description ?? {}, `${at}.Description`).Hostname,
      `${at}.Description.Hostname`,
    ),
    address: text(fields(Status ?? {}, `${at}.Status`).Addr, `${at}.Status.Addr`),
    role: text(Role, `${at}.Spec.Role`),
    labels: Object.fromEntries(
      labels.map(([label, given]) => [label, text(given, `${at}.Spec.Labels`)]),
    ),
  }
}

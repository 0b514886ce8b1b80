import type { ConsentRequest } from '../../machines/consent.ts'
import { parseSetting } from '../../machines/settings.ts'
import type { ConsentPolicy } from '../../src/flow/types.ts'

const { signal } = new AbortController()

export function asking(
  privileges: Record<string, string[]>,
  settings: string[] = [],
  more: Partial<ConsentRequest> = {},
): ConsentRequest {
  return {
    id: 1,
    reference: 'acme/probe',
    name: 'acme/probe:latest',
    privileges: Object.entries(privileges).map(([Name, Value]) => ({
      Name,
      Description: '',
      Value,
    })),
    settings: settings.map((text) => ({ ...parseSetting(text), widens: text.includes('/') })),
    ...more,
  }
}

export function answer(policy: ConsentPolicy, request: ConsentRequest): string {
  const decision = policy(request, signal)
  if (typeof decision !== 'object' || !('granted' in decision)) return 'no decision'
  return decision.granted ? 'granted' : (decision.reason ?? 'denied')
}

import type { PluginPrivilege } from '../../machines/plugin.ts'
import type { ShownConsentRequest } from '../events/flowEvent.ts'
import { type Explanation, explainRequest } from '../privileges/explainPrivilege.ts'
import { element } from './element.ts'

/** The privileges that are asked for, with their meaning for the host. */
export function explained(
  privileges: readonly PluginPrivilege[],
  { settings }: ShownConsentRequest,
): { list: HTMLElement; isCritical: boolean } {
  const widening = settings.filter(({ widens }) => widens).map(({ setting }) => setting)
  const all = explainRequest(privileges, widening)
  return {
    list: element('ul', { class: 'privileges' }, all.map(privilege)),
    isCritical: all.some(({ danger }) => danger === 'critical'),
  }
}

function privilege({ danger, title, value, sentence }: Explanation): HTMLElement {
  const badge = element('span', { class: 'badge' }, danger)
  return element(
    'li',
    { class: `privilege ${danger}` },
    element('div', { class: 'line' }, element('strong', {}, title), badge),
    value !== '' && element('code', {}, value),
    element('p', {}, sentence),
  )
}

/** The settings that widen nothing, and the content. */
export function requestFacts({ settings, digest }: ShownConsentRequest) {
  const others = settings.filter(({ widens }) => !widens).map(({ setting }) => setting)
  const listed = others.flatMap((setting, index) => [
    index > 0 && ', ',
    element('code', {}, setting),
  ])
  return [
    others.length > 0 && element('p', { class: 'facts' }, 'Settings: ', listed),
    digest && element('p', { class: 'facts' }, 'Content: ', element('code', {}, digest)),
  ]
}

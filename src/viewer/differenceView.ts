import type { Difference } from '../../machines/errors.ts'
import { differenceLines } from '../privileges/privilegeText.ts'
import { element } from './element.ts'

/** What was granted and what was found, where they differ. */
export function createDifference(difference: Difference): HTMLElement {
  const lines = differenceLines(difference).map(({ sign, text }) =>
    element(
      'li',
      { class: sign === '+' ? 'added' : 'removed' },
      element('span', {}, sign === '+' ? 'Found: ' : 'Granted: '),
      element('code', {}, `${sign} ${text}`),
    ),
  )
  return element('ul', { class: 'difference' }, lines)
}

import type { Difference } from '../../machines/errors.ts'
import { differenceLines } from '../privileges/privilegeText.ts'
import { element } from './element.ts'

/** The differences between what was granted and what was found. */
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

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../support/suite.ts'

const root = join(import.meta.dirname, '../../..')
const folders = ['src/viewer', 'src/ui/page']
/** Ways to make markup or code of a text. */
const MAKES_MARKUP =
  /innerHTML|outerHTML|insertAdjacentHTML|setHTML|srcdoc|createContextualFragment|DOMParser|document\.write|\beval\(|\bFunction\(|javascript:|setTimeout\(\s*['"`]/
const HANDLER = /['"`]on[a-z]+['"`]\s*[:,]|\bon[a-z]+\s*=\s*["'{]/

function sources(): [file: string, text: string][] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|html)$/.test(file))
      .map((file): [string, string] => [
        `${folder}/${file}`,
        readFileSync(join(root, folder, file), 'utf8'),
      ]),
  )
}

suite('the page and the element', (test) => {
  test('make no markup and no code of any text', () => {
    const files = sources()
    assert.ok(files.length > 15, `${files.length} files`)
    for (const [file, text] of files) {
      assert.not.match(text, MAKES_MARKUP, file)
      if (file.endsWith('.html')) assert.not.match(text, HANDLER, file)
    }
  })

  test('the ways to do it would be found', () => {
    for (const text of [
      'node.innerHTML = name',
      "node.insertAdjacentHTML('beforeend', name)",
      'document.write(name)',
      'range.createContextualFragment(name)',
      'new Function(name)',
      'eval(name)',
    ]) {
      assert.match(text, MAKES_MARKUP)
    }
    assert.match('<a onclick="go()">', HANDLER)
  })
})

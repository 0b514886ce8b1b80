import { readFileSync } from 'node:fs'
import type { Plugin } from 'esbuild'

/**
 * Leaves out of the command what its requests never touch and what costs most of its start: axios' own adapters, its
 * forms, and the global that loads all of `fetch`. A text that is no longer found fails the build.
 */
export const leaveOut: Plugin = {
  name: 'leave-out',
  setup(build) {
    build.onLoad({ filter: /axios\/lib\/adapters\/(fetch|http|xhr)\.js$/ }, () => ({
      contents: 'export const getFetch = () => false; export default false',
      loader: 'js',
    }))
    build.onLoad({ filter: /node_modules\/form-data\/lib\/form_data\.js$/ }, () => ({
      contents: 'module.exports = class FormData {}',
      loader: 'js',
    }))
    const global = "typeof G.FormData !== 'undefined' ? G.FormData : undefined"
    build.onLoad({ filter: /axios\/lib\/utils\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8')
      if (!text.includes(global)) throw new Error(`${path} no longer has: ${global}`)
      return { contents: text.replace(global, 'undefined'), loader: 'js' }
    })
    // Its patterns take as long to make as all else of a listing, and printable ASCII needs none.
    build.onResolve({ filter: /^string-width$/ }, ({ resolveDir, kind }) =>
      kind === 'import-statement' ? { path: resolveDir, namespace: 'width' } : undefined,
    )
    build.onLoad({ filter: /./, namespace: 'width' }, ({ path }) => ({
      contents: `export default (text) =>
        /^[ -~]*$/.test(text) ? text.length : require('string-width').default(text)`,
      resolveDir: path,
    }))
  },
}

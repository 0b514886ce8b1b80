import { readFileSync } from 'node:fs'
import type { Plugin } from 'esbuild'

/**
 * Leaves out of the command what its requests never touch and what costs most of its start: forms,
 * proxies and HTTP/2 of axios, its adapters for browsers, and the global that loads all of `fetch`.
 * A text that is no longer found fails the build.
 */
export const leaveOut: Plugin = {
  name: 'leave-out',
  setup(build) {
    const module = (filter: RegExp, contents: string) =>
      build.onLoad({ filter }, () => ({ contents, loader: 'js' }))
    module(
      /axios\/lib\/adapters\/(fetch|xhr)\.js$/,
      'export const getFetch = () => false; export default false',
    )
    module(/axios\/lib\/helpers\/Http2Sessions\.js$/, 'export default class {}')
    module(/node_modules\/form-data\/lib\/form_data\.js$/, 'module.exports = class FormData {}')
    module(/node_modules\/https-proxy-agent\/dist\/index\.js$/, 'module.exports = class {}')
    const edit = (filter: RegExp, replace: [text: string, by: string][]) =>
      build.onLoad({ filter }, ({ path }) => {
        let contents = readFileSync(path, 'utf8')
        for (const [text, by] of replace) {
          if (!contents.includes(text)) throw new Error(`${path} no longer has: ${text}`)
          contents = contents.replace(text, by)
        }
        return { contents, loader: 'js' }
      })
    edit(/axios\/lib\/utils\.js$/, [
      ["typeof G.FormData !== 'undefined' ? G.FormData : undefined", 'undefined'],
    ])
    edit(/axios\/lib\/adapters\/http\.js$/, [
      ["import http2 from 'http2';", 'const http2 = { constants: {} };'],
    ])
  },
}

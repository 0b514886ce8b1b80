import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { defineConfig } from 'vitepress'

/** The site is these pages in this order; a page that is in neither list is found by search and by links. */
const guides = [
  ['Install from your app', '/guides/install'],
  ['Unattended, under a policy', '/guides/unattended'],
  ['Private registries', '/credentials'],
  ['Behind TLS, SSH or a proxy', '/engines'],
  ['When it fails', '/guides/failures'],
  ['Resume after a crash', '/guides/resume'],
  ['Upgrade without losing settings', '/upgrade'],
  ['From two engines to two thousand', '/guides/rollout'],
  ['Draw a flow in a page', '/viewer'],
  ['Draw a flow in React', '/guides/react'],
  ['A machine of your own', '/guides/machine'],
  ['Test without Docker', '/embedded'],
] as const

const reference = [
  ['API', '/api'],
  ['Exports', '/reference'],
  ['Command', '/command'],
  ['Statecharts', '/statechart'],
  ['Errors', '/errors'],
  ['Inspectors', '/inspect'],
  ['Security', '/security'],
  ['Benchmarks', '/benchmarks'],
  ['Architecture', '/architecture'],
] as const

const items = (pages: readonly (readonly [string, string])[]) =>
  pages.map(([text, link]) => ({ text, link }))

export default defineConfig({
  title: 'docker-plugin-flow',
  description: 'Docker Engine plugins, installed and upgraded by explicit statecharts.',
  outDir: '../dist-site',
  cacheDir: '../node_modules/.cache/vitepress',
  cleanUrls: false,
  // Records of how the project was made; and of what a reader of the site has no checkout.
  srcExclude: ['decisions/**'],
  ignoreDeadLinks: [/\.tsx?$/, /^\.\/decisions\//],
  // Pages link to the examples as they are.
  buildEnd: ({ srcDir, outDir }) =>
    cp(join(srcDir, 'examples'), join(outDir, 'examples'), {
      recursive: true,
      filter: (path) => !path.endsWith('.md'),
    }),
  vue: { template: { compilerOptions: { isCustomElement: (tag) => tag.includes('-') } } },
  markdown: {
    // Braces in code are those of Go's templates, not of Vue's.
    config(md) {
      const render = md.renderer.rules.code_inline
      md.renderer.rules.code_inline = (...line) =>
        render?.(...line).replace('<code', '<code v-pre') ?? ''
    },
  },
  themeConfig: {
    // In the page itself: it works without a network.
    search: { provider: 'local' },
    nav: [
      { text: 'Guides', link: '/guides/install' },
      { text: 'Reference', link: '/api' },
      { text: 'Playground', link: '/playground' },
    ],
    sidebar: [
      { text: 'Playground', link: '/playground' },
      { text: 'Guides', items: items(guides) },
      { text: 'Reference', items: items(reference) },
    ],
    outline: [2, 3],
  },
})

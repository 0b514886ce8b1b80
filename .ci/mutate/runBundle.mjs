// Runs the tests of each bundle that it is sent, until the first suite that fails; says whether all passed.
globalThis.UVU_DEFER = 1

process.on('message', async (file) => {
  const group = []
  globalThis.UVU_QUEUE = [group]
  process.send?.(await passes(file, group))
})

async function passes(file, group) {
  try {
    await import(file)
    for (const run of group) {
      const [errors, ran, , all] = await run()
      if (errors !== true || ran !== all || all === 0) return false
    }
    return group.length > 0
  } catch {
    return false
  }
}

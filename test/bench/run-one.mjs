/** run-one.mjs WORKLOAD OPTIONS: over the bundle that run.mjs has made. */
const [workload, options] = process.argv.slice(2)
const { one } = await import('./.built/main.mjs')
await one(workload, JSON.parse(options))
process.exit()

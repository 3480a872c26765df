/** `adjoint list`: the systems that `adjoint run` runs. */
import type { Command } from 'commander'

export const registerList = (adjoint: Command): void => {
  adjoint
    .command('list')
    .description('the systems that can be run, in the order of the course')
    .option('--json', 'as JSON', false)
    .action(async ({ json }: { readonly json: boolean }) => {
      const { systems } = await import('../../examples/index.ts')
      const entries = systems.map(({ name, code, title }) => ({ name, code, title }))
      const width = Math.max(...entries.map((e) => e.name.length))
      console.log(
        json
          ? JSON.stringify(entries, null, 2)
          : entries.map((e) => `${e.code.padEnd(4)} ${e.name.padEnd(width)}  ${e.title}`).join('\n'),
      )
    })
}

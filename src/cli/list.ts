/** `adjoint list`: the systems that `adjoint run` runs. */
import { type Command, Option } from 'commander'
import { type Language, languages } from '../explain/index.ts'
import { inFrench } from '../systems/index.ts'

export const registerList = (adjoint: Command): void => {
  adjoint
    .command('list')
    .description('the systems that can be run, in the order of the course')
    .option('--json', 'as JSON', false)
    .addOption(new Option('--lang <language>', 'the language of the titles').choices(languages).default('en'))
    .action(async ({ json, lang }: { readonly json: boolean; readonly lang: Language }) => {
      const { systems } = await import('../../examples/index.ts')
      const { french } = await import('../../examples/french.ts')
      const say = lang === 'fr' ? inFrench(french) : (title: string) => title
      const entries = systems.map(({ name, code, title }) => ({ name, code, title: say(title) }))
      const width = Math.max(...entries.map((e) => e.name.length))
      console.log(
        json
          ? JSON.stringify(entries, null, 2)
          : entries.map((e) => `${e.code.padEnd(4)} ${e.name.padEnd(width)}  ${e.title}`).join('\n'),
      )
    })
}

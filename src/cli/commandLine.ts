/**
 * The command line. Errors that commander finds are shown as all other errors are: what, where, what to try, with the
 * nearest name; exit code 1.
 */
import { Command, type CommanderError, Help } from 'commander'
import { failed, fault, perhaps } from './fault.ts'
import { version } from './version.ts'

type Register = (adjoint: Command) => void

const plain = new Help()
const nameOf = (c: Command): string => (c.parent === null ? c.name() : `${nameOf(c.parent)} ${c.name()}`)
/** A word as one types it: quoted where a shell would split it. */
const typed = (text: string): string => (/^[\w./:=,#@+-]+$/.test(text) ? text : `'${text}'`)

const unknownOption = (c: Command, flag: string, help: string): string =>
  /^-[^-]/.test(flag) && c.registeredArguments.length > 0
    ? fault(
        `there is no option ${flag}`,
        nameOf(c),
        `-- before an argument that begins with a minus sign, ${nameOf(c)} -- ${typed(flag)}; or ${help}`,
      )
    : fault(
        `there is no option ${flag}`,
        nameOf(c),
        perhaps(
          flag,
          c.options.flatMap((o) => o.long ?? []),
          help,
        ),
      )
const invalid = (c: Command, message: string, help: string): string => {
  const [, flags = '', given = '', rule = ''] =
    /^error: option '(.+?)' argument '(.*)' is invalid\. (.*)$/s.exec(message) ?? []
  const name = flags.replace(/ .*/, '')
  const choices = c.options.find((o) => o.flags === flags)?.argChoices
  return fault(
    `${name} ${given} is not valid`,
    `${nameOf(c)} ${name}`,
    rule === '' ? help : choices === undefined ? rule : perhaps(given, choices, `one of ${choices.join(', ')}`),
  )
}
/** Commander's error in our words. */
const misuse = (c: Command, { code, message }: CommanderError): string => {
  const [quoted = ''] = [...message.matchAll(/'([^']*)'/g)].map(([, inner = '']) => inner)
  const help = `${nameOf(c)} --help`
  switch (code) {
    case 'commander.unknownOption':
      return unknownOption(c, quoted, help)
    case 'commander.unknownCommand': {
      const names = c.commands.map((o) => o.name())
      return fault(`there is no command ${quoted}`, nameOf(c), perhaps(quoted, names, help))
    }
    case 'commander.missingArgument':
      return fault(`the ${quoted} is missing`, nameOf(c), `${nameOf(c)} <${quoted}>; ${help} explains it`)
    case 'commander.excessArguments': {
      const words = c.args.slice(c.registeredArguments.length)
      return fault(
        `${words.map(typed).join(' ')} is not expected`,
        nameOf(c),
        c.registeredArguments.length === 0
          ? `${nameOf(c)} without arguments; or ${help}`
          : `quotes around an argument with spaces, ${nameOf(c)} '${c.args.join(' ')}'; or ${help}`,
      )
    }
    case 'commander.optionMissingArgument':
      return fault(`${quoted.replace(/ .*/, '')} needs a value`, nameOf(c), `${quoted}; or ${help}`)
    case 'commander.invalidArgument':
      return invalid(c, message, help)
    default:
      return fault(message.replace(/^error: /, ''), nameOf(c), help)
  }
}

/** Runs one command with the words after `adjoint`, and sets the exit code of the process. */
export const commandLine =
  (...commands: readonly Register[]) =>
  async (words: readonly string[]): Promise<void> => {
    const adjoint = new Command('adjoint')
      .description('A typed, immutable, purely functional language for differentiable programs.')
      .version(version)
      .configureOutput({ outputError: () => undefined })
      .configureHelp({ optionDescription: (o) => plain.optionDescription(o).replace(' (default: false)', '') })
    for (const register of commands) register(adjoint)
    let wrong: string | undefined
    for (const c of [adjoint, ...adjoint.commands])
      c.exitOverride((error) => {
        if (!shown.has(error.code)) wrong = misuse(c, error)
        throw error
      })
    try {
      await adjoint.parseAsync(words, { from: 'user' })
    } catch (error) {
      if (!isCommanders(error)) throw error
      process.exitCode = wrong === undefined ? error.exitCode : failed(wrong)
    }
  }
/** Commander prints these itself: help and version. */
const shown: ReadonlySet<string> = new Set(['commander.help', 'commander.helpDisplayed', 'commander.version'])
const isCommanders = (error: unknown): error is CommanderError =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('commander.')

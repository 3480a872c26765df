/** A command as the command line calls it: its exit code, and what it prints. */
import type { Command } from 'commander'
import { vi } from 'vitest'
import { commandLine } from '../../../src/cli/commandLine.ts'

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}
/** `run('check', registerCheck)('x^2', '--json')` is `adjoint check x^2 --json`. */
export const run =
  (name: string, register: (adjoint: Command) => void) =>
  async (...args: readonly string[]): Promise<Ran> => {
    const out: string[] = []
    const err: string[] = []
    const spies = [
      vi.spyOn(console, 'log').mockImplementation((s) => void out.push(String(s))),
      vi.spyOn(console, 'error').mockImplementation((s) => void err.push(String(s))),
    ]
    const before = process.exitCode
    process.exitCode = undefined
    await commandLine(register)([name, ...args])
    const code = Number(process.exitCode ?? 0)
    process.exitCode = before
    for (const s of spies) s.mockRestore()
    return { code, out: out.join('\n'), err: err.join('\n') }
  }

/** The conformance runner in a page: the same suite, its cases fetched beside it. */
import type { Case } from '../../conformance/format.ts'
import { type Runner, runnerNamed } from '../../conformance/runner.ts'
import { runCase, type Verdict } from '../../conformance/suite.ts'

const files: { readonly [set: string]: URL } = {
  ops: new URL('../../conformance/ops.json', import.meta.url),
  networks: new URL('../../conformance/networks.json', import.meta.url),
  training: new URL('../../conformance/training.json', import.meta.url),
}
const remember = <A>(make: (key: string) => A): ((key: string) => A) => {
  const known = new Map<string, A>()
  return (key) => {
    const found = known.get(key) ?? make(key)
    known.set(key, found)
    return found
  }
}
const casesOf = remember(async (set) => (await (await fetch(files[set] as URL)).json()) as readonly Case[])
const runnerOf = remember((name): Runner => runnerNamed(name))

export const conformanceCase = async (backend: string, set: string, at: number): Promise<Verdict> =>
  runCase((await casesOf(set))[at] as Case, set, runnerOf(backend))

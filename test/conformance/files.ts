/** Case files of a folder. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Case, CaseSet } from './format.ts'

/** Every case file of a folder, or one set. Throws when a file cannot be read or is no list of cases. */
export const readSets = (folder: string, only: string | undefined): readonly CaseSet[] => {
  const files = readdirSync(folder)
    .filter((f) => f.endsWith('.json') && (only === undefined || f === `${only}.json`))
    .sort()
  if (files.length === 0) throw new Error(`no case file${only === undefined ? '' : ` ${only}.json`} in ${folder}`)
  return files.map((file) => {
    const parsed: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'))
    if (!Array.isArray(parsed)) throw new Error(`${join(folder, file)} is not a list of cases`)
    return { name: file.replace(/\.json$/, ''), cases: parsed as readonly Case[] }
  })
}

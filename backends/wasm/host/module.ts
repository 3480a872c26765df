/** Bytes as a module of the engine, and why a host refuses one. */
import * as E from 'fp-ts/lib/Either.js'
import type { CompileError } from '../../error.ts'
import { makeModule } from '../assembler/index.ts'
import { engine, type Module } from './engine.ts'

export const noDevice = (why: string, howTo: string): CompileError => ({ _tag: 'NoDevice', mode: 'wasm', why, howTo })
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

export const moduleOf = async (bytes: Uint8Array<ArrayBuffer>): Promise<E.Either<CompileError, Module>> => {
  try {
    return E.right(await engine.compile(bytes))
  } catch (error) {
    return E.left(await refused(error))
  }
}
/** A host that refuses the smallest module refuses every one; else it is this module that it refuses. */
const refused = async (error: unknown): Promise<CompileError> => {
  try {
    await engine.compile(makeModule().finish({ pages: 1 }))
    return { _tag: 'CompileFailed', backend: 'wasm', message: messageOf(error) }
  } catch {
    return noDevice(
      messageOf(error),
      "allow 'wasm-unsafe-eval' in the script-src of the page's Content-Security-Policy",
    )
  }
}
